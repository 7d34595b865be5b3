import type { Payment } from './payment.ts';

/** Whether a webhook tells what is on record already, so that there is no need to ask the provider. */
export function isOldNews(payment: Payment, type: string): boolean {
  switch (payment.status) {
    case 'captured':
    case 'refunded':
      return true;
    case 'declined':
      return type === 'payment_intent.payment_failed';
    case 'action-required':
      return type === 'payment_intent.requires_action';
    case 'cancelled':
      return type !== 'payment_intent.succeeded';
    // Not settled: each notice is a chance to look.
    case 'due':
    case 'refund-due':
      return false;
  }
}
