-- Accounts that were erased, without anything about the person: an event that arrives later must not bring it back.

CREATE TABLE erased_users (
  user_id   uuid        PRIMARY KEY,
  erased_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX erased_users_time ON erased_users (erased_at);

-- Requests and events contain personal data. ANALYZE copies values of its sample into pg_statistic, where they would
-- outlive their row (PostgreSQL, "pg_statistic"). No plan needs statistics of these columns.
ALTER TABLE outbox ALTER COLUMN message SET STATISTICS 0;
ALTER TABLE idempotency_keys ALTER COLUMN response SET STATISTICS 0;
