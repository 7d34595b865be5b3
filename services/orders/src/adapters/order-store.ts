import { Unavailable } from '#shared/errors.ts';
import type { Cause, NewEvent } from '#shared/events/event.ts';
import type { HttpAnswer } from '#shared/http/response.ts';
import { toEntries } from '#shared/outbox/entry.ts';
import type { Database } from '#shared/postgres/database.ts';
import { type Completion, takenOver } from '#shared/postgres/idempotency.ts';
import { announcing, type Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Decision } from '../domain/decide.ts';
import { OrderNotFound } from '../domain/errors.ts';
import type { Order, OrderStatus, PendingOrder } from '../domain/order.ts';
import { type OrderRow, orderOf, selectOrders } from './order-row.ts';
import { insertingOrder, notingShipment, updatingOrder } from './order-writes.ts';

/** A further write that commits with a change, only if `condition` holds. */
export type AlsoWrite = (order: Order, condition: Sql) => Sql;

/** Which orders a list shows: of one customer, in one state, those placed before a given one. */
export type OrderFilter = {
  userId?: string | undefined;
  status?: OrderStatus | undefined;
  before?: string | undefined;
};

/** The only way by which orders are read and written. */
export type OrderStore = {
  /** Commits a new order, its fact and the answer to its request; then relays. @throws RequestInProgress */
  add(
    placed: { order: PendingOrder; event: NewEvent },
    cause: Cause,
    complete: Completion,
    answer: HttpAnswer,
  ): Promise<void>;
  /**
   * Reads, decides, and commits the change with its fact, unless the order changed in between: then again.
   * @throws OrderNotFound, Unavailable if others keep changing it, and what `decide` throws
   */
  change(id: string, decide: (order: Order) => Decision, cause: Cause, also: AlsoWrite): Promise<Order>;
  find(id: string): Promise<Order | undefined>;
  /** Newest first, at most `limit`. */
  list(filter: OrderFilter, limit: number): Promise<Order[]>;
  /** Ids of unpaid orders whose payment deadline is past, oldest first, at most `limit`. */
  overdue(at: Date, limit: number): Promise<string[]>;
};

/** An order has few writers (customer, payment, stock, staff): more conflicts in a row mean something is wrong. */
const maxTries = 5;

/** For changes that write nothing else. */
export const nothingElse: AlsoWrite = () => sql`SELECT 1`;

/** See {@link OrderStore}; every write is one statement. */
export function orderStore(database: Database, outbox: Outbox): OrderStore {
  const find = async (id: string): Promise<Order | undefined> => {
    const [row] = await database.query<OrderRow>(selectOrders(sql`o.id = ${id}`));
    return row && orderOf(row);
  };

  const commitChange = async (decision: Extract<Decision, { kind: 'changed' }>, cause: Cause, also: Sql) => {
    const entries = toEntries([decision.event], cause);
    const [row] = await database.query<{ changed: boolean; claimed: boolean | null }>(sql`
      WITH changed AS (${updatingOrder(decision.order)}),
           shipment AS (${notingShipment(decision.order, ifChanged)}),
           announced AS (${announcing(entries, ifChanged)}),
           also AS (${also})
      SELECT ${ifChanged} AS changed, (SELECT bool_and(claimed) FROM announced) AS claimed`);
    if (row?.changed !== true) return false;
    await outbox.relay({ entries, claimed: row.claimed === true });
    return true;
  };

  return {
    find,
    add: async ({ order, event }, cause, complete, answer) => {
      const entries = toEntries([event], cause);
      const [row] = await database.query<{ placed: boolean; claimed: boolean | null }>(sql`
        WITH completed AS (${complete.part(answer, sql`true`)}), ${insertingOrder(order)},
             announced AS (${announcing(entries, sql`EXISTS (SELECT FROM placed)`)})
        SELECT EXISTS (SELECT FROM placed) AS placed, (SELECT bool_and(claimed) FROM announced) AS claimed`);
      if (row?.placed !== true) throw takenOver();
      await outbox.relay({ entries, claimed: row.claimed === true });
    },
    change: async (id, decide, cause, also) => {
      for (let tries = 0; tries < maxTries; tries += 1) {
        const order = await find(id);
        if (order === undefined) throw new OrderNotFound('There is no such order.');
        const decision = decide(order);
        if (decision.kind === 'unchanged') {
          if (also !== nothingElse) await database.query(also(order, sql`true`));
          return order;
        }
        if (await commitChange(decision, cause, also(decision.order, ifChanged))) return decision.order;
      }
      throw new Unavailable('The order is being changed by others. Try again.', { retryAfterSeconds: 1 });
    },
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
    overdue: async (at, limit) => {
      const rows = await database.query<{ id: string }>(
        sql`SELECT id FROM orders WHERE status = 'pending' AND payment_deadline <= ${at}
             ORDER BY payment_deadline LIMIT ${limit}`,
      );
      return rows.map(({ id }) => id);
    },
  };
}

const ifChanged = sql`EXISTS (SELECT FROM changed)`;
