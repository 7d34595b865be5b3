-- Consents, exports of personal data, and what an erasure needs.

-- Each change of a consent is a row: the last one of a purpose counts.
CREATE TABLE consents (
  user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
  purpose    text        NOT NULL CONSTRAINT consents_purpose_known CHECK (purpose IN ('newsletter', 'analytics')),
  changed_at timestamptz NOT NULL,
  granted    boolean     NOT NULL,
  -- The version of the text that the customer read.
  wording    text        NOT NULL,
  PRIMARY KEY (user_id, purpose, changed_at)
);

-- Without a reference to the account: the files of an erased user still have to be deleted.
CREATE TABLE data_exports (
  id           uuid        PRIMARY KEY,
  user_id      uuid        NOT NULL,
  requested_at timestamptz NOT NULL,
  -- Until then the services may contribute; afterwards the export is completed without those that have not.
  deadline     timestamptz NOT NULL,
  -- When the files are deleted.
  expires_at   timestamptz NOT NULL,
  completed_at timestamptz,
  -- The services that did not contribute in time.
  missing      text[]      NOT NULL DEFAULT '{}'
);
CREATE INDEX data_exports_of_user ON data_exports (user_id, requested_at);
CREATE INDEX data_exports_collecting ON data_exports (requested_at) WHERE completed_at IS NULL;
CREATE INDEX data_exports_expiry ON data_exports (expires_at);

-- ANALYZE copies values of its sample into pg_statistic, where they would outlive an erased account.
ALTER TABLE users ALTER COLUMN email SET STATISTICS 0;
ALTER TABLE user_profiles ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN name_words SET STATISTICS 0;
ALTER TABLE sessions ALTER COLUMN device SET STATISTICS 0, ALTER COLUMN client_address SET STATISTICS 0;
ALTER TABLE registrations ALTER COLUMN email SET STATISTICS 0, ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE mail_tokens ALTER COLUMN email SET STATISTICS 0;
