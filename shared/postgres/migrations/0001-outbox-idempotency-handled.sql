-- Tables of every PostgreSQL service: events to publish, idempotent requests, handled events.

CREATE TABLE outbox (
  id            uuid        NOT NULL,
  destination   text        NOT NULL,
  aggregate_id  text        NOT NULL,
  sequence      bigint      NOT NULL,
  type          text        NOT NULL,
  message       text        NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Until then one relay owns the aggregate; others skip it.
  claimed_until timestamptz,
  sent_at       timestamptz,
  PRIMARY KEY (id, destination)
);
CREATE UNIQUE INDEX outbox_sequence ON outbox (destination, aggregate_id, sequence);
CREATE INDEX outbox_unsent ON outbox (destination, aggregate_id, sequence) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE idempotency_keys (
  scope        text        NOT NULL,
  key          text        NOT NULL,
  fingerprint  text        NOT NULL,
  resource_id  uuid        NOT NULL,
  -- End of the lease: afterwards a retry may take over a request without a response.
  locked_until timestamptz NOT NULL,
  response     jsonb,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE handled_events (
  subscriber text        NOT NULL,
  event_id   uuid        NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (subscriber, event_id)
);
CREATE INDEX handled_events_age ON handled_events (handled_at);
