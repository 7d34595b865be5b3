-- Sessions: each begins with a sign-in. Ending one deletes it; ending all increments the account's generation.
CREATE TABLE sessions (
  id               uuid        PRIMARY KEY,
  user_id          uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
  -- The account's generation at the sign-in.
  generation       integer     NOT NULL,
  -- The client's User-Agent and IP address at the sign-in.
  device           text        NOT NULL,
  client_address   text        NOT NULL,
  created_at       timestamptz NOT NULL,
  -- The last refresh.
  last_used_at     timestamptz NOT NULL,
  -- However often it is refreshed.
  expires_at       timestamptz NOT NULL,
  -- When the user proved the second factor in this session.
  second_factor_at timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_last_used ON sessions (last_used_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- The token family of a session: each refresh uses one token and adds the next. Only hashes are stored.
CREATE TABLE refresh_tokens (
  token_hash bytea       PRIMARY KEY,
  session_id uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
  issued_at  timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  -- With the token itself it yields the successor, so that a repeated request returns the same one.
  successor_salt bytea
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);
