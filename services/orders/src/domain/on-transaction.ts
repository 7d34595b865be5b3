import type * as z from 'zod';
import type { TransactionProcessed } from '#shared/events/payments.ts';
import { type Decision, decide } from './decide.ts';
import type { Order } from './order.ts';

/** What a transaction at the payment provider means for its order. */
export function onTransaction(
  order: Order,
  { outcome, paymentId }: z.output<typeof TransactionProcessed.data>,
  at: Date,
): Decision {
  switch (outcome) {
    case 'captured':
      return decide(order, { kind: 'record-capture', paymentId, at });
    case 'declined':
      return decide(order, { kind: 'record-decline', at });
    // The customer confirms with the bank; the order stays pending until the deadline.
    case 'requires-action':
      return { kind: 'unchanged', order };
    // Money only goes back for an order that is cancelled already.
    case 'refunded':
      return { kind: 'unchanged', order };
  }
}
