import { OrderCancelled, OrderCreated } from '#shared/events/orders.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { paymentDeps } from '../app.ts';
import { newCancelledPayment, newPayment } from '../domain/new-payment.ts';
import { chargePayment } from '../workflows/charge-payment.ts';
import { cancelPayment } from '../workflows/settle-payment.ts';

const handledBy = (eventId: string) => ({ subscriber: 'payments.on-order-event', eventId });

/** Charges a new order once; cancels or refunds the payment of a cancelled order. */
export const handler = queueHandler([
  on(OrderCreated, ({ id, data }, cause) =>
    chargePayment(paymentDeps(), newPayment(data), { cause, handled: handledBy(id) }),
  ),
  on(OrderCancelled, ({ id, data }, cause) =>
    cancelPayment(paymentDeps(), newCancelledPayment(data), { cause, handled: handledBy(id) }),
  ),
]);
