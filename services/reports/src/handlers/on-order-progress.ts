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

const keep = (event: OrderProgress) => {
  countProgress(event);
  return rows().keep(rowAfter(event));
};

/** Keeps the row of an order in the report of the day on which it was placed. */
export const handler = queueHandler([
  on(OrderCreated, keep),
  on(OrderPaid, keep),
  on(OrderShipped, keep),
  on(OrderCompleted, keep),
  on(OrderCancelled, keep),
]);
