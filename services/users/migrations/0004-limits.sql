-- Devices on which a customer has signed in. Their attempts are counted by themselves, so that failures of others lock
-- nobody out.
CREATE TABLE known_devices (
  -- SHA-256 of the device's token.
  token_hash bytea       PRIMARY KEY,
  user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
  -- The account's session_generation at the last sign-in: what ends all sessions makes devices unknown too.
  generation bigint      NOT NULL,
  used_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX known_devices_user ON known_devices (user_id, used_at);
CREATE INDEX known_devices_expiry ON known_devices (expires_at);
