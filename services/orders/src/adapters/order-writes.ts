import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Order, PendingOrder } from '../domain/order.ts';

/** Parts that write a new order, each only if the part named `completed` has its row. */
export const insertingOrder = (order: PendingOrder): Sql => sql`
  placed AS (
    INSERT INTO orders (id, number, user_id, status, version, total_cents, currency, payment_method, placed_at,
                        payment_deadline, reservation_receipt)
    SELECT ${order.id}::uuid, ${order.number}::text, ${order.userId}::uuid, 'pending', ${order.version}::int,
           ${order.total.amountCents}::bigint, ${order.total.currency}::text, ${order.paymentMethod}::text,
           ${order.placedAt}::timestamptz, ${order.paymentDeadline}::timestamptz,
           ${order.reservationReceipt ?? null}::text
      FROM completed
    RETURNING id),
  items AS (
    INSERT INTO order_items (order_id, position, product_id, name, quantity, unit_price_cents)
    SELECT placed.id, n.position, n.product_id, n.name, n.quantity, n.unit_price_cents
      FROM placed, unnest(${order.lines.map(({ productId }) => productId)}::uuid[],
                          ${order.lines.map(({ name }) => name)}::text[],
                          ${order.lines.map(({ quantity }) => quantity)}::int[],
                          ${order.lines.map(({ unitPriceCents }) => unitPriceCents)}::int[])
                   WITH ORDINALITY AS n(product_id, name, quantity, unit_price_cents, position)),
  shipping AS (${insertingAddress(order)})`;

const insertingAddress = ({ shippingAddress: to }: PendingOrder): Sql => sql`
    INSERT INTO shipping_info (order_id, name, line1, line2, postal_code, city, region, country, phone)
    SELECT placed.id, ${to.name}::text, ${to.line1}::text, ${to.line2 ?? null}::text, ${to.postalCode}::text,
           ${to.city}::text, ${to.region ?? null}::text, ${to.country}::text, ${to.phone ?? null}::text
      FROM placed`;

/** A part that brings an order from the version before to this one; no row if somebody else was first. */
export function updatingOrder(order: Order): Sql {
  const { paymentId, paidAt } = paymentOf(order);
  const cancellation = order.status === 'cancelled' ? order : undefined;
  return sql`
    UPDATE orders
       SET status = ${order.status}, version = ${order.version}, payment_id = ${paymentId}, paid_at = ${paidAt},
           completed_at = ${order.status === 'completed' ? order.completedAt : null},
           cancelled_at = ${cancellation?.cancelledAt ?? null},
           cancellation_reason = ${cancellation?.reason ?? null}
     WHERE id = ${order.id} AND version = ${order.version - 1}
    RETURNING id`;
}

/** A part that notes the parcel of a shipped order; for others it touches nothing. */
export const notingShipment = (order: Order, condition: Sql): Sql =>
  order.status === 'shipped'
    ? sql`UPDATE shipping_info SET carrier = ${order.carrier}, tracking_number = ${order.trackingNumber},
                                   shipped_at = ${order.shippedAt}
           WHERE order_id = ${order.id} AND ${condition}`
    : sql`SELECT 1`;

function paymentOf(order: Order): { paymentId: string | null; paidAt: Date | null } {
  switch (order.status) {
    case 'pending':
      return { paymentId: null, paidAt: null };
    case 'cancelled':
      return order.payment ?? { paymentId: null, paidAt: null };
    case 'paid':
    case 'shipped':
    case 'completed':
      return order;
  }
}
