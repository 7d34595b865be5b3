import type * as z from 'zod';
import type { OrderCancelled, OrderCreated } from '#shared/events/orders.ts';
import type { CancelledPayment, DuePayment } from './payment.ts';

/** The payment of a new order. */
export const newPayment = (order: z.output<typeof OrderCreated.data>): DuePayment => ({
  ...paymentFor(order),
  status: 'due',
  attempt: {
    id: order.orderId,
    paymentMethod: order.paymentMethod,
    deadline: new Date(order.paymentDeadline),
  },
});

/** The payment of an order whose cancellation arrived first: stored, so that the order is never charged. */
export const newCancelledPayment = (order: z.output<typeof OrderCancelled.data>): CancelledPayment => ({
  ...paymentFor(order),
  status: 'cancelled',
});

type Ordered = Pick<z.output<typeof OrderCancelled.data>, 'orderId' | 'userId' | 'totalCents' | 'currency'>;

/**
 * An order has one payment and one attempt, both with its id. If the last minutes of our database are lost with a
 * region, the repeated event sends the provider the same request under the same idempotency key and finds the charged
 * intent; a new id would charge a second time.
 */
const paymentFor = ({ orderId, userId, totalCents, currency }: Ordered) => ({
  id: orderId,
  orderId,
  userId,
  amount: { amountCents: totalCents, currency },
  version: 1,
  sequence: 0,
});
