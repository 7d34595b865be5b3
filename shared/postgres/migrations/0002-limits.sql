-- Counts of requests and failures by partition (shared/limits). Unlogged: a commit that changes only them waits for no
-- disk, and they are in no backup. After a crash or a failover they are empty, and limits start again.

CREATE UNLOGGED TABLE request_limits (
  -- SHA-256 of the limit's name and what it counts by: an address, an account, a token.
  key     bytea       PRIMARY KEY,
  used    integer     NOT NULL,
  ends_at timestamptz NOT NULL
);
CREATE INDEX request_limits_expiry ON request_limits (ends_at);

CREATE UNLOGGED TABLE failed_attempts (
  key           bytea       PRIMARY KEY,
  failures      integer     NOT NULL,
  -- Attempts whose result is not known yet.
  pending       integer     NOT NULL,
  -- Until when the pending attempts count: a process that died gives no place back.
  pending_until timestamptz NOT NULL,
  blocked_until timestamptz NOT NULL,
  -- When the failures count no more.
  forgotten_at  timestamptz NOT NULL
);
CREATE INDEX failed_attempts_expiry ON failed_attempts (greatest(forgotten_at, pending_until));
