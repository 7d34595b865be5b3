import {
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
  OrderPaid,
  OrderShipped,
} from '#shared/events/orders.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { countProgress, rows } from '../app.ts';
import { type OrderProgress, rowAfter } from '../domain/order-row.ts';

const store = (event: OrderProgress) => {
  countProgress(event);
  return rows().store(rowAfter(event));
};

/** Stores the order's row for the report of the day on which it was placed. */
export const handler = queueHandler([
  on(OrderCreated, store),
  on(OrderPaid, store),
  on(OrderShipped, store),
  on(OrderCompleted, store),
  on(OrderCancelled, store),
]);
