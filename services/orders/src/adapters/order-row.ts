import type { CancellationReason } from '#shared/events/orders.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Order, OrderLine, OrderStatus } from '../domain/order.ts';

/** An order as {@link selectOrders} reads it. */
export type OrderRow = {
  id: string;
  number: string;
  user_id: string;
  status: OrderStatus;
  version: number;
  total_cents: number;
  currency: Currency;
  payment_method: string;
  placed_at: Date;
  payment_deadline: Date;
  reservation_receipt: string | null;
  payment_id: string | null;
  paid_at: Date | null;
  completed_at: Date | null;
  cancelled_at: Date | null;
  cancellation_reason: CancellationReason | null;
  name: string;
  line1: string;
  line2: string | null;
  postal_code: string | null;
  city: string | null;
  region: string | null;
  country: string;
  phone: string | null;
  carrier: string | null;
  tracking_number: string | null;
  shipped_at: Date | null;
  lines: OrderLine[];
};

/** Selects whole orders in one statement. Columns by name, so that a prepared plan survives a new column. */
export const selectOrders = (condition: Sql): Sql => sql`
  SELECT o.id, o.number, o.user_id, o.status, o.version, o.total_cents, o.currency, o.payment_method, o.placed_at,
         o.payment_deadline, o.reservation_receipt, o.payment_id, o.paid_at, o.completed_at, o.cancelled_at, o.cancellation_reason,
         s.name, s.line1, s.line2, s.postal_code, s.city, s.region, s.country, s.phone,
         s.carrier, s.tracking_number, s.shipped_at,
         (SELECT json_agg(json_build_object('productId', i.product_id, 'name', i.name, 'quantity', i.quantity,
                                            'unitPriceCents', i.unit_price_cents) ORDER BY i.position)
            FROM order_items i WHERE i.order_id = o.id) AS lines
    FROM orders o JOIN shipping_info s ON s.order_id = o.id
   WHERE ${condition}`;

/** A row that violates the schema's checks. */
export class CorruptOrder extends Error {
  override readonly name = 'CorruptOrder';
}

/** Converts a row to an order. @throws CorruptOrder */
export function orderOf(row: OrderRow): Order {
  const has = <T>(value: T | null, column: string): T => {
    if (value === null) throw new CorruptOrder(`order ${row.id} is ${row.status} but has no ${column}`);
    return value;
  };
  const placed = placedOf(row);
  const payment = () => ({
    paymentId: has(row.payment_id, 'payment_id'),
    paidAt: has(row.paid_at, 'paid_at'),
  });
  const shipment = () => ({
    carrier: has(row.carrier, 'carrier'),
    trackingNumber: has(row.tracking_number, 'tracking_number'),
    shippedAt: has(row.shipped_at, 'shipped_at'),
  });
  switch (row.status) {
    case 'pending':
      return { ...placed, status: 'pending' };
    case 'paid':
      return { ...placed, ...payment(), status: 'paid' };
    case 'shipped':
      return { ...placed, ...payment(), ...shipment(), status: 'shipped' };
    case 'completed': {
      const completedAt = has(row.completed_at, 'completed_at');
      return { ...placed, ...payment(), ...shipment(), status: 'completed', completedAt };
    }
    case 'cancelled':
      return {
        ...placed,
        status: 'cancelled',
        cancelledAt: has(row.cancelled_at, 'cancelled_at'),
        reason: has(row.cancellation_reason, 'cancellation_reason'),
        ...(row.payment_id === null ? {} : { payment: payment() }),
      };
  }
}

const placedOf = (row: OrderRow) => ({
  id: row.id,
  number: row.number,
  userId: row.user_id,
  lines: row.lines,
  total: { amountCents: row.total_cents, currency: row.currency },
  shippingAddress: {
    name: row.name,
    line1: row.line1,
    ...(row.line2 === null ? {} : { line2: row.line2 }),
    ...(row.postal_code === null ? {} : { postalCode: row.postal_code }),
    ...(row.city === null ? {} : { city: row.city }),
    ...(row.region === null ? {} : { region: row.region }),
    country: row.country,
    ...(row.phone === null ? {} : { phone: row.phone }),
  },
  paymentMethod: row.payment_method,
  placedAt: row.placed_at,
  paymentDeadline: row.payment_deadline,
  ...(row.reservation_receipt === null ? {} : { reservationReceipt: row.reservation_receipt }),
  version: row.version,
});
