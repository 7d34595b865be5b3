import { OrderCancelled, OrderCreated } from '#shared/events/orders.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { handling } from '#shared/postgres/handled-events.ts';
import { sql } from '#shared/postgres/sql.ts';
import { charging, database } from '../app.ts';
import { paymentDue, paymentNotWanted } from '../domain/open.ts';
import { charge } from '../flows/charge.ts';
import { stopPayment } from '../flows/settle.ts';

const subscriber = 'payments.on-order-event';

/** A new order is charged, once; the payment of a cancelled one is stopped, or given back. */
export const handler = queueHandler([
  on(OrderCreated, ({ id, data }, cause) =>
    charge(charging(), paymentDue(data), cause, (condition) => handling(subscriber, id, condition)),
  ),
  on(OrderCancelled, async ({ id, data }, cause) => {
    await stopPayment(charging(), paymentNotWanted(data), cause);
    await database().query(handling(subscriber, id, sql`true`));
  }),
]);
