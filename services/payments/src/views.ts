import type * as z from 'zod';
import type { paymentSchema } from './api.ts';
import type { Payment } from './domain/payment.ts';

/** A payment with the fields of its state. */
export const paymentBody = (
  payment: Payment,
  clientSecret: string | undefined,
): z.input<typeof paymentSchema> => ({
  id: payment.id,
  orderId: payment.orderId,
  status: payment.status,
  amountCents: payment.amount.amountCents,
  currency: payment.amount.currency,
  ...(payment.status === 'declined' ? { declineCode: payment.declineCode } : {}),
  ...('capturedAt' in payment ? { capturedAt: payment.capturedAt.toISOString() } : {}),
  ...(payment.status === 'refunded' ? { refundedAt: payment.refundedAt.toISOString() } : {}),
  ...(clientSecret === undefined ? {} : { clientSecret }),
});
