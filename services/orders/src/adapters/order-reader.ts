import { findState } from '#shared/postgres/change-store.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';
import type { Order, OrderStatus } from '../domain/order.ts';
import { type OrderRow, orderOf, selectOrders } from './order-row.ts';
import { orderDefinition } from './order-store.ts';

/** Which orders a list shows: of one customer, in one state, placed before a given one. */
export type OrderFilter = {
  userId?: string | undefined;
  status?: OrderStatus | undefined;
  before?: string | undefined;
};

/** Reads orders; each method is one statement. */
export type OrderReader = {
  find(id: string): Promise<Order | undefined>;
  /** Newest first, at most `limit`. */
  list(filter: OrderFilter, limit: number): Promise<Order[]>;
  /** Ids of unpaid orders past their payment deadline, oldest first, at most `limit`, without those in `except`. */
  overdue(at: Date, limit: number, except?: readonly string[]): Promise<string[]>;
};

/** See {@link OrderReader}. */
export function orderReader(database: Queryable): OrderReader {
  return {
    find: (id) => findState(database, orderDefinition, id),
    list: async ({ userId, status, before }, limit) => {
      const rows = await database.query<OrderRow>(
        selectOrders(sql`true
          ${userId === undefined ? sql`` : sql`AND o.user_id = ${userId}`}
          ${status === undefined ? sql`` : sql`AND o.status = ${status}`}
          ${before === undefined ? sql`` : sql`AND o.id < ${before}`}
        ORDER BY o.id DESC LIMIT ${limit}`),
      );
      return rows.map(orderOf);
    },
    overdue: async (at, limit, except = []) => {
      const rows = await database.query<{ id: string }>(
        sql`SELECT id FROM orders WHERE status = 'pending' AND payment_deadline <= ${at}
               AND id <> ALL(${except}::uuid[])
             ORDER BY payment_deadline LIMIT ${limit}`,
      );
      return rows.map(({ id }) => id);
    },
  };
}
