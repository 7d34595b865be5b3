import { Unavailable } from '#shared/errors.ts';
import type { Cause, NewEvent } from '#shared/events/event.ts';
import type { HttpResponse } from '#shared/http/response.ts';
import { toEntries } from '#shared/outbox/entry.ts';
import type { Database } from '#shared/postgres/database.ts';
import { type Completion, takenOver } from '#shared/postgres/idempotency.ts';
import { announcing, type Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Decision } from '../domain/decide.ts';
import { OrderNotFound } from '../domain/errors.ts';
import type { Order, PendingOrder } from '../domain/order.ts';
import { orderReader } from './order-reader.ts';
import { insertingOrder, notingShipment, updatingOrder } from './order-writes.ts';

/** A further write that commits with a change, only if `condition` holds. */
export type AlsoWrite = (order: Order, condition: Sql) => Sql;

/** The only way by which orders are written. */
export type OrderStore = {
  /** Commits a new order, its fact and the answer to its request; then relays. @throws RequestInProgress */
  add(
    placed: { order: PendingOrder; event: NewEvent },
    cause: Cause,
    complete: Completion,
    answer: HttpResponse,
  ): Promise<void>;
  /**
   * Reads, decides, and commits the change with its fact, unless the order changed in between: then again.
   * @throws OrderNotFound, Unavailable if others keep changing it, and what `decide` throws
   */
  change(id: string, decide: (order: Order) => Decision, cause: Cause, also: AlsoWrite): Promise<Order>;
};

/** An order has few writers (customer, payment, stock, staff): more conflicts in a row mean something is wrong. */
const maxTries = 5;

/** For changes that write nothing else. */
export const nothingElse: AlsoWrite = () => sql`SELECT 1`;

/** See {@link OrderStore}; every write is one statement. */
export function orderStore(database: Database, outbox: Outbox): OrderStore {
  const { find } = orderReader(database);

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
  };
}

const ifChanged = sql`EXISTS (SELECT FROM changed)`;
