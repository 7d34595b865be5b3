import type { Change } from '#shared/postgres/change-store.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Order } from '../domain/order.ts';

/** CTEs that write a new order with its lines and address. */
export const insertOrder = ({ state: order }: Change<Order>, permitted: Sql): Sql => sql`
  written AS (
    INSERT INTO orders (id, number, user_id, status, version, total_cents, currency, payment_method, placed_at,
                        payment_deadline, reservation_receipt)
    SELECT ${order.id}::uuid, ${order.number}::text, ${order.userId}::uuid, ${order.status}::text,
           ${order.version}::int, ${order.total.amountCents}::bigint, ${order.total.currency}::text,
           ${order.paymentMethod}::text, ${order.placedAt}::timestamptz, ${order.paymentDeadline}::timestamptz,
           ${order.reservationReceipt ?? null}::text
     WHERE ${permitted}
    RETURNING id),
  items AS (
    INSERT INTO order_items (order_id, position, product_id, name, quantity, unit_price_cents)
    SELECT written.id, n.position, n.product_id, n.name, n.quantity, n.unit_price_cents
      FROM written, unnest(${order.lines.map(({ productId }) => productId)}::uuid[],
                           ${order.lines.map(({ name }) => name)}::text[],
                           ${order.lines.map(({ quantity }) => quantity)}::int[],
                           ${order.lines.map(({ unitPriceCents }) => unitPriceCents)}::int[])
                    WITH ORDINALITY AS n(product_id, name, quantity, unit_price_cents, position)),
  shipping AS (${insertAddress(order)})`;

const insertAddress = ({ shippingAddress: to }: Order): Sql => sql`
    INSERT INTO shipping_info (order_id, name, line1, line2, postal_code, city, region, country, phone)
    SELECT written.id, ${to.name}::text, ${to.line1}::text, ${to.line2 ?? null}::text, ${to.postalCode ?? null}::text,
           ${to.city ?? null}::text, ${to.region ?? null}::text, ${to.country}::text, ${to.phone ?? null}::text
      FROM written`;

/** CTEs that update an order from the version before; those of a shipped order also write its shipment. */
export function updateOrder({ state: order }: Change<Order>, permitted: Sql): Sql {
  const { paymentId, paidAt } = paymentOf(order);
  const cancellation = order.status === 'cancelled' ? order : undefined;
  return sql`
  written AS (
    UPDATE orders
       SET status = ${order.status}, version = ${order.version}, payment_id = ${paymentId}, paid_at = ${paidAt},
           completed_at = ${order.status === 'completed' ? order.completedAt : null},
           cancelled_at = ${cancellation?.cancelledAt ?? null},
           cancellation_reason = ${cancellation?.reason ?? null}
     WHERE id = ${order.id} AND version = ${order.version - 1} AND ${permitted}
    RETURNING id)${order.status === 'shipped' ? sql`, shipment AS (${updateShipment(order)})` : sql``}`;
}

const updateShipment = (order: Extract<Order, { status: 'shipped' }>): Sql => sql`
    UPDATE shipping_info
       SET carrier = ${order.carrier}, tracking_number = ${order.trackingNumber}, shipped_at = ${order.shippedAt}
      FROM written WHERE order_id = written.id`;

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
