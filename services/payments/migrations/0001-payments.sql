-- Payments, the attempts to charge them, the provider's transactions, and the ledger.

CREATE TABLE payments (
  id           uuid        PRIMARY KEY,
  order_id     uuid        NOT NULL CONSTRAINT payments_order_unique UNIQUE,
  user_id      uuid        NOT NULL,
  status       text        NOT NULL CHECK (status IN ('due', 'action-required', 'declined', 'captured', 'cancelled',
                                                      'refund-due', 'refunded')),
  version      integer     NOT NULL CHECK (version >= 1),
  sequence     integer     NOT NULL CHECK (sequence >= 0),
  amount_cents bigint      NOT NULL CHECK (amount_cents >= 0),
  currency     char(3)     NOT NULL,
  decline_code text,
  captured_at  timestamptz,
  refunded_at  timestamptz,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (status <> 'declined' OR decline_code IS NOT NULL),
  CHECK ((status IN ('captured', 'refund-due', 'refunded')) = (captured_at IS NOT NULL)),
  CHECK ((status = 'refunded') = (refunded_at IS NOT NULL))
);
CREATE INDEX payments_unsettled ON payments (created_at)
  WHERE status IN ('due', 'action-required', 'refund-due');

CREATE TABLE attempts (
  id             uuid        PRIMARY KEY,
  payment_id     uuid        NOT NULL REFERENCES payments,
  payment_method text        NOT NULL,
  deadline       timestamptz NOT NULL,
  -- Stored before the intent is confirmed, so that no retry creates a second one.
  intent_id      text        CONSTRAINT attempts_intent_unique UNIQUE
);
CREATE INDEX attempts_of_payment ON attempts (payment_id);

CREATE TABLE transactions (
  id           uuid        PRIMARY KEY,
  payment_id   uuid        NOT NULL REFERENCES payments,
  kind         text        NOT NULL CHECK (kind IN ('capture', 'decline', 'action', 'refund')),
  reference    text        NOT NULL,
  decline_code text,
  amount_cents bigint      NOT NULL,
  currency     char(3)     NOT NULL,
  at           timestamptz NOT NULL,
  -- Each capture and refund of the provider is recorded once.
  CONSTRAINT transactions_once UNIQUE (kind, reference)
);
CREATE INDEX transactions_of_payment ON transactions (payment_id);

-- Double entry: each row moves one amount from the credited account to the debited one, so that every row is balanced
-- and the sum of all accounts is always zero.
CREATE TABLE ledger (
  transaction_id uuid        PRIMARY KEY REFERENCES transactions,
  debit          text        NOT NULL,
  credit         text        NOT NULL,
  amount_cents   bigint      NOT NULL CHECK (amount_cents >= 0),
  currency       char(3)     NOT NULL,
  at             timestamptz NOT NULL,
  CHECK (debit <> credit)
);

CREATE VIEW ledger_balances AS
  SELECT account, currency, sum(cents)::bigint AS balance_cents
    FROM (SELECT debit AS account, currency, amount_cents AS cents FROM ledger
          UNION ALL
          SELECT credit, currency, -amount_cents FROM ledger) AS entries
   GROUP BY account, currency;
