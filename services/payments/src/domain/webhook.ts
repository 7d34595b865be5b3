import type { Payment } from './payment.ts';

/** Whether a webhook of this type can change nothing, so that the provider need not be asked. */
export function isAlreadyRecorded(payment: Payment, type: string): boolean {
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
    // Not settled: every webhook is a reason to read the intent.
    case 'due':
    case 'refund-due':
      return false;
  }
}
