-- Orders with their lines and where they go. A state's own columns are null in the states that do not have them.

CREATE TABLE orders (
  id                  uuid        PRIMARY KEY,
  number              text        NOT NULL CONSTRAINT orders_number_unique UNIQUE,
  user_id             uuid        NOT NULL,
  status              text        NOT NULL CHECK (status IN ('pending', 'paid', 'shipped', 'completed', 'cancelled')),
  version             integer     NOT NULL CHECK (version >= 1),
  total_cents         bigint      NOT NULL CHECK (total_cents >= 0),
  currency            char(3)     NOT NULL,
  payment_method      text        NOT NULL,
  placed_at           timestamptz NOT NULL,
  payment_deadline    timestamptz NOT NULL,
  -- From the products service; returned unchanged with the payment.
  reservation_receipt text,
  payment_id          uuid,
  paid_at             timestamptz,
  completed_at        timestamptz,
  cancelled_at        timestamptz,
  cancellation_reason text,
  CHECK ((payment_id IS NULL) = (paid_at IS NULL)),
  CHECK (status NOT IN ('paid', 'shipped', 'completed') OR payment_id IS NOT NULL),
  CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
  CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL AND cancellation_reason IS NOT NULL))
);
-- Ids are UUIDv7: their order is the order of placing, so that lists need no other column.
CREATE INDEX orders_of_user ON orders (user_id, id);
CREATE INDEX orders_by_status ON orders (status, id);
CREATE INDEX orders_unpaid ON orders (payment_deadline) WHERE status = 'pending';

CREATE TABLE order_items (
  order_id         uuid     NOT NULL REFERENCES orders ON DELETE CASCADE,
  position         smallint NOT NULL,
  product_id       uuid     NOT NULL,
  name             text     NOT NULL,
  quantity         integer  NOT NULL CHECK (quantity >= 1),
  unit_price_cents integer  NOT NULL CHECK (unit_price_cents >= 0),
  PRIMARY KEY (order_id, position)
);

CREATE TABLE shipping_info (
  order_id        uuid PRIMARY KEY REFERENCES orders ON DELETE CASCADE,
  name            text NOT NULL,
  line1           text NOT NULL,
  line2           text,
  postal_code     text,
  city            text,
  region          text,
  country         char(2) NOT NULL,
  phone           text,
  carrier         text,
  tracking_number text,
  shipped_at      timestamptz,
  CHECK ((carrier IS NULL) = (shipped_at IS NULL) AND (tracking_number IS NULL) = (shipped_at IS NULL))
);
