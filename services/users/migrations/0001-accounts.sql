-- Accounts with profiles, roles and sessions.

CREATE TABLE users (
  id            uuid        PRIMARY KEY,
  -- In lower case, as every comparison is.
  email         text        NOT NULL CONSTRAINT users_email_unique UNIQUE,
  -- PHC string: algorithm, parameters, salt and hash.
  password_hash text        NOT NULL,
  version       bigint      NOT NULL DEFAULT 1,
  -- Number of events so far, which is the sequence of the last one.
  event_count   bigint      NOT NULL DEFAULT 0,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  -- Since when staff have locked the account: it cannot sign in, and its sessions have ended.
  disabled_at   timestamptz
);

CREATE TABLE user_profiles (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  name    text NOT NULL,
  locale  text NOT NULL
);

CREATE TABLE user_roles (
  user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
  role       text        NOT NULL CONSTRAINT user_roles_known CHECK (role IN ('customer', 'support', 'catalogue', 'fulfilment', 'finance', 'admin')),
  granted_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, role)
);

-- A session is a token family: each refresh uses one token and adds the next. Only hashes are stored.
CREATE TABLE refresh_tokens (
  token_hash bytea       PRIMARY KEY,
  family_id  uuid        NOT NULL,
  user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
  issued_at  timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  -- With the token itself it yields the successor, so that a repeated request returns the same one.
  successor_salt bytea,
  revoked_at timestamptz
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);
