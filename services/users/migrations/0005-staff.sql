-- What staff see and change of accounts.

-- For searching accounts by the beginning of their address, in the order of bytes.
CREATE INDEX users_email_prefix ON users (email COLLATE "C");
CREATE INDEX users_disabled ON users (id) WHERE disabled_at IS NOT NULL;
CREATE INDEX user_roles_role ON user_roles (role, user_id);

-- The words of the name in lower case without accents, for searching accounts by the beginnings of words.
ALTER TABLE user_profiles ADD COLUMN name_words tsvector NOT NULL DEFAULT ''::tsvector;
CREATE INDEX user_profiles_name_words ON user_profiles USING gin (name_words);

-- One administrator who can sign in remains, whatever changes at once and in whatever order: a change that takes one away
-- waits for the end of all others of its kind, and counts then. Each statement of the function sees what was committed
-- before it.
CREATE FUNCTION keep_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'users' THEN
    IF NOT EXISTS (SELECT FROM user_roles WHERE user_id = NEW.id AND role = 'admin') THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM pg_advisory_xact_lock(5734204);
  IF NOT EXISTS (SELECT FROM user_roles r JOIN users u ON u.id = r.user_id
                  WHERE r.role = 'admin' AND u.disabled_at IS NULL) THEN
    RAISE EXCEPTION 'no administrator would remain'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'users_keep_an_administrator';
  END IF;
  RETURN NULL;
END $$;
-- Also when an account is deleted, and its roles with it.
-- contract: code before it takes no administrator away
CREATE TRIGGER user_roles_keep_an_administrator AFTER DELETE OR UPDATE ON user_roles
  FOR EACH ROW WHEN (OLD.role = 'admin') EXECUTE FUNCTION keep_an_administrator();
-- contract: code before it disables no account
CREATE TRIGGER users_keep_an_administrator AFTER UPDATE OF disabled_at ON users
  FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)
  EXECUTE FUNCTION keep_an_administrator();

-- Second factors: time-based one-time passwords (RFC 6238).
CREATE TABLE second_factors (
  user_id      uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  -- The secret shared with the user's device, encrypted with a key that is not in the database.
  secret       bytea       NOT NULL,
  created_at   timestamptz NOT NULL,
  -- When the user proved that the device has the secret; until then nothing asks for codes.
  confirmed_at timestamptz,
  -- The time step of the last accepted code: each is accepted once (RFC 6238, 5.2).
  last_step    bigint      NOT NULL DEFAULT 0
);

-- Each replaces a code of the device once: a used one is deleted.
CREATE TABLE recovery_codes (
  user_id   uuid  NOT NULL REFERENCES second_factors ON DELETE CASCADE,
  -- SHA-256: a code has 80 random bits.
  code_hash bytea NOT NULL,
  PRIMARY KEY (user_id, code_hash)
);

-- Invitations to work for the shop; an accepted one is deleted. The id becomes the account's.
CREATE TABLE invitations (
  id         uuid        PRIMARY KEY,
  -- One for each address: a newer one replaces the one before.
  email      text        NOT NULL CONSTRAINT invitations_one_per_address UNIQUE,
  roles      text[]      NOT NULL,
  -- The account or API key that invited.
  invited_by uuid        NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX invitations_invited_by ON invitations (invited_by);
