import * as z from 'zod';
import { amountCentsSchema, currencySchema } from '../money.ts';
import { event } from './event.ts';

export const transactionOutcomes = ['captured', 'declined', 'requires-action', 'refunded'] as const;

export const TransactionProcessed = event({
  source: 'payments',
  type: 'TRANSACTION_PROCESSED',
  version: 1,
  topics: ['payment-events.fifo'],
  description:
    'A transaction at the payment provider: captured, declined, refunded, or waiting for the customer to confirm.',
  data: z.object({
    paymentId: z.uuid(),
    orderId: z.uuid(),
    userId: z.uuid(),
    outcome: z.enum(transactionOutcomes),
    amountCents: amountCentsSchema,
    currency: currencySchema,
    /** The provider's code for a decline, such as `card_declined`. */
    declineCode: z.string().max(100).optional(),
  }),
});
