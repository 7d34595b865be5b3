-- Registrations whose address is not confirmed, and the tokens in mails.

-- Several may wait for one address: a stranger's does not replace the owner's. The id becomes the account's.
CREATE TABLE registrations (
  id            uuid        PRIMARY KEY,
  email         text        NOT NULL,
  password_hash text        NOT NULL,
  name          text        NOT NULL,
  locale        text        NOT NULL,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL
);
CREATE INDEX registrations_email ON registrations (email, created_at);
CREATE INDEX registrations_expiry ON registrations (expires_at);

CREATE TABLE mail_tokens (
  -- SHA-256 of the token, which is stored nowhere.
  token_hash bytea       PRIMARY KEY,
  purpose    text        NOT NULL CONSTRAINT mail_tokens_purpose_known
                         CHECK (purpose IN ('verify-email', 'change-email', 'reset-password', 'invitation')),
  -- The account, or the registration that becomes one.
  subject_id uuid        NOT NULL,
  -- Where it was mailed.
  email      text        NOT NULL,
  expires_at timestamptz NOT NULL,
  -- A newer token replaces the one before.
  CONSTRAINT mail_tokens_newest UNIQUE (subject_id, purpose)
);
CREATE INDEX mail_tokens_expiry ON mail_tokens (expires_at);
