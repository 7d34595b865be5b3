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
  -- Whether second_factors has an active one: here, so that a session is opened by what holds at that moment.
  second_factor boolean     NOT NULL DEFAULT false,
  -- Since when staff have locked the account: it cannot sign in, and its sessions have ended.
  disabled_at   timestamptz,
  -- Incremented by what ends all sessions: those of earlier generations have ended.
  session_generation integer NOT NULL DEFAULT 0
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
