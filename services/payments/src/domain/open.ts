import type * as z from 'zod';
import type { OrderCancelled, OrderCreated } from '#shared/events/orders.ts';
import type { CancelledPayment, DuePayment } from './payment.ts';

/** The payment that a new order asks for. */
export const paymentDue = (order: z.output<typeof OrderCreated.data>): DuePayment => ({
  ...paymentFor(order),
  status: 'due',
  attempt: {
    id: order.orderId,
    paymentMethod: order.paymentMethod,
    deadline: new Date(order.paymentDeadline),
  },
});

/** The payment of an order that is cancelled before it was heard of: kept, so that it is never charged. */
export const paymentNotWanted = (order: z.output<typeof OrderCancelled.data>): CancelledPayment => ({
  ...paymentFor(order),
  status: 'cancelled',
});

type Ordered = Pick<z.output<typeof OrderCancelled.data>, 'orderId' | 'userId' | 'totalCents' | 'currency'>;

/**
 * An order has one payment and one attempt, and both bear its id. When the last minutes of our own record are lost with
 * a region, the event that comes again asks the provider by the same key in the same words, and meets the intent that
 * was charged: an id made up anew would charge a second time.
 */
const paymentFor = ({ orderId, userId, totalCents, currency }: Ordered) => ({
  id: orderId,
  orderId,
  userId,
  amount: { amountCents: totalCents, currency },
  version: 1,
  sequence: 0,
});
