import { TransactionProcessed } from '#shared/events/payments.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { handling } from '#shared/postgres/handled-events.ts';
import { clock, orders } from '../app.ts';
import { onTransaction } from '../domain/on-transaction.ts';

/** The provider's word on an order's money: captured makes it paid, declined ends it. */
export const handler = queueHandler([
  on(TransactionProcessed, ({ id, data }, cause) =>
    orders().change(
      data.orderId,
      (order) => onTransaction(order, data, clock()),
      cause,
      (_, condition) => handling('orders.on-transaction-processed', id, condition),
    ),
  ),
]);
