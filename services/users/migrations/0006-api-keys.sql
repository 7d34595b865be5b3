-- Keys by which programs call the API.
CREATE TABLE api_keys (
  id           uuid        PRIMARY KEY,
  name         text        NOT NULL,
  -- SHA-256 of the secret, which has 256 random bits.
  secret_hash  bytea       NOT NULL,
  permissions  text[]      NOT NULL,
  -- A key does no more than its creator may now, and ends with the account.
  created_by   uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX api_keys_creator ON api_keys (created_by);
CREATE INDEX api_keys_expiry ON api_keys (expires_at);
