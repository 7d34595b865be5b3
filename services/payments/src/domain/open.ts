import type * as z from 'zod';
import type { OrderCancelled, OrderCreated } from '#shared/events/orders.ts';
import { newId } from '#shared/ids.ts';
import type { CancelledPayment, DuePayment } from './payment.ts';

/** The payment that a new order asks for. */
export const paymentDue = (order: z.output<typeof OrderCreated.data>): DuePayment => ({
  ...paymentFor(order),
  status: 'due',
  attempt: {
    id: newId(),
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

const paymentFor = ({ orderId, userId, totalCents, currency }: Ordered) => ({
  id: newId(),
  orderId,
  userId,
  amount: { amountCents: totalCents, currency },
  version: 1,
  sequence: 0,
});
