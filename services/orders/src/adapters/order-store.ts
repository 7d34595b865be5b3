import { OrderActionRecorded } from '#shared/events/actions.ts';
import { type ChangeStore, changeStore, type StoreDefinition } from '#shared/postgres/change-store.ts';
import type { Database } from '#shared/postgres/database.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { sql } from '#shared/postgres/sql.ts';
import { orderNotFound } from '../domain/access.ts';
import type { Order } from '../domain/order.ts';
import { type OrderRow, orderOf, selectOrders } from './order-row.ts';
import { insertOrder, updateOrder } from './order-writes.ts';

/** The only way in which orders are written. */
export type OrderStore = ChangeStore<Order>;

/** How an order is stored. */
export const orderDefinition: StoreDefinition<Order, OrderRow> = {
  name: 'order',
  notFound: orderNotFound,
  select: (id) => selectOrders(sql`o.id = ${id}`),
  stateOf: orderOf,
  recorded: { definition: OrderActionRecorded, target: ({ id }) => ({ kind: 'order', id }) },
  insert: insertOrder,
  update: updateOrder,
};

/** See {@link OrderStore}. */
export const orderStore = (database: Database, outbox: Outbox): OrderStore =>
  changeStore(database, outbox, orderDefinition);
