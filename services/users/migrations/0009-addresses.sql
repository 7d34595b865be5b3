-- The address book of each customer: one row with its version, and its addresses.

CREATE TABLE address_books (
  user_id uuid   PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  version bigint NOT NULL
);

CREATE TABLE addresses (
  id               uuid        PRIMARY KEY,
  user_id          uuid        NOT NULL REFERENCES address_books ON DELETE CASCADE,
  -- Fields as in shared/address; those that a country does not have are missing.
  address          jsonb       NOT NULL,
  default_shipping boolean     NOT NULL,
  default_billing  boolean     NOT NULL,
  version          bigint      NOT NULL,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);
CREATE INDEX addresses_user ON addresses (user_id);

-- ANALYZE copies values of its sample into pg_statistic, where they would outlive an erased address.
ALTER TABLE addresses ALTER COLUMN address SET STATISTICS 0;
