import type * as z from 'zod';
import { type CommandMeta, unchanged } from '#shared/decider.ts';
import type { TransactionProcessed } from '#shared/events/payments.ts';
import { decideOrder, type OrderDecision } from './decide.ts';
import type { Order } from './order.ts';

/** What a transaction at the payment provider means for its order. */
export function recordTransaction(
  order: Order,
  { outcome, paymentId }: z.output<typeof TransactionProcessed.data>,
  meta: CommandMeta,
): OrderDecision {
  switch (outcome) {
    case 'captured':
      return decideOrder(order, { kind: 'record-capture', paymentId, ...meta });
    case 'declined':
      return decideOrder(order, { kind: 'record-decline', ...meta });
    // The customer confirms with the bank; the order stays pending until its deadline.
    case 'requires-action':
      return unchanged(order);
    // Only a cancelled order is refunded.
    case 'refunded':
      return unchanged(order);
  }
}
