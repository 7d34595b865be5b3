import type { Queryable } from '#shared/postgres/database.ts';
import { deleteRequestsOf, lateWrites, markErased } from '#shared/postgres/erasure.ts';
import { type HandledEvent, markHandled } from '#shared/postgres/handled-events.ts';
import { sql } from '#shared/postgres/sql.ts';
import type { Order } from '../domain/order.ts';
import { type OrderRow, orderOf, selectOrders } from './order-row.ts';

/** What replaces a required text about a person. */
const erased = 'erased';

/** What this service stores about one customer. */
export type CustomerData = {
  /** Every order, oldest first. */
  ordersOf(userId: string): Promise<Order[]>;
  /** Marks the account as erased and deletes its stored requests, so that no running one is completed. */
  markErased(userId: string): Promise<void>;
  /** Ids of orders that can still be cancelled. */
  openOrdersOf(userId: string): Promise<string[]>;
  /** Erased customers with an order that was being placed during the erasure. */
  erasedWithLateOrders(): Promise<string[]>;
  /** Removes the person from its orders: they keep lines, amounts and the country, which tax depends on. */
  anonymise(userId: string, handled?: HandledEvent): Promise<void>;
};

/** See {@link CustomerData}. */
export const customerData = (database: Queryable): CustomerData => ({
  ordersOf: async (userId) => {
    const rows = await database.query<OrderRow>(selectOrders(sql`o.user_id = ${userId} ORDER BY o.id`));
    return rows.map(orderOf);
  },
  markErased: async (userId) => {
    await database.query(
      sql`WITH marked AS (${markErased(userId)}), requests AS (${deleteRequestsOf(userId)}) SELECT`,
    );
  },
  openOrdersOf: async (userId) => {
    const rows = await database.query<{ id: string }>(
      sql`SELECT id FROM orders WHERE user_id = ${userId} AND status IN ('pending', 'paid') ORDER BY id`,
    );
    return rows.map(({ id }) => id);
  },
  erasedWithLateOrders: async () => {
    const rows = await database.query<{ user_id: string }>(sql`
      SELECT DISTINCT user_id FROM erased_users e JOIN orders o USING (user_id)
       WHERE e.erased_at > clock_timestamp() - ${lateWrites} AND o.payment_method <> ${erased}`);
    return rows.map(({ user_id }) => user_id);
  },
  anonymise: async (userId, handled) => {
    await database.query(sql`
      WITH anonymous AS (
        UPDATE orders SET payment_method = ${erased}
         WHERE user_id = ${userId} AND payment_method <> ${erased} RETURNING id),
      addresses AS (
        UPDATE shipping_info
           SET name = ${erased}, line1 = ${erased}, line2 = NULL, postal_code = NULL, city = NULL, region = NULL,
               phone = NULL, tracking_number = CASE WHEN tracking_number IS NULL THEN NULL ELSE ${erased} END
          FROM anonymous WHERE order_id = anonymous.id),
      requests AS (${deleteRequestsOf(userId)})
      ${handled === undefined ? sql`` : sql`, handled AS (${markHandled(handled, sql`true`)})`}
      SELECT`);
  },
});
