import { TransactionProcessed } from '#shared/events/payments.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { commandMeta, orders } from '../app.ts';
import { recordTransaction } from '../domain/transaction.ts';

/** Records the result of an order's payment: a captured one makes it paid, a declined one cancels it. */
export const handler = queueHandler([
  on(TransactionProcessed, ({ id: eventId, data }, cause) =>
    orders().change(data.orderId, (order) => recordTransaction(order, data, commandMeta()), {
      cause,
      handled: { subscriber: 'orders.on-transaction-processed', eventId },
    }),
  ),
]);
