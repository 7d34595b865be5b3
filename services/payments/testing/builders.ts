import { newId } from '#shared/ids.ts';
import { eur } from '#shared/money.ts';
import type {
  ActionRequiredPayment,
  Attempt,
  CancelledPayment,
  CapturedPayment,
  DeclinedPayment,
  DuePayment,
  Payment,
  PaymentStatus,
  RefundDuePayment,
  RefundedPayment,
} from '../src/domain/payment.ts';

/** A fixed time. */
export const noon = new Date('2026-11-21T12:00:00Z');

const anAttempt = (): Attempt => ({
  id: newId(),
  paymentMethod: 'pm_card_visa',
  deadline: new Date('2026-11-21T12:30:00Z'),
  intentId: 'pi_1',
});

const known = () => ({ id: newId(), orderId: newId(), userId: newId(), amount: eur(42) });

/** A payment that is not charged yet. */
export const aDuePayment = (): DuePayment => ({
  ...known(),
  status: 'due',
  attempt: anAttempt(),
  version: 1,
  sequence: 0,
});

/** A payment that the customer has to confirm with the bank. */
export const anActionRequiredPayment = (): ActionRequiredPayment => ({
  ...aDuePayment(),
  status: 'action-required',
  version: 2,
  sequence: 1,
});

/** A payment that the bank declined. */
export const aDeclinedPayment = (): DeclinedPayment => ({
  ...aDuePayment(),
  status: 'declined',
  declineCode: 'insufficient_funds',
  version: 2,
  sequence: 1,
});

/** A captured payment. */
export const aCapturedPayment = (): CapturedPayment => ({
  ...aDuePayment(),
  status: 'captured',
  capturedAt: noon,
  version: 2,
  sequence: 1,
});

/** A payment whose order was cancelled before a capture. */
export const aCancelledPayment = (): CancelledPayment => ({
  ...aDuePayment(),
  status: 'cancelled',
  version: 2,
});

/** A captured payment whose order was cancelled. */
export const aRefundDuePayment = (): RefundDuePayment => ({
  ...aCapturedPayment(),
  status: 'refund-due',
  version: 3,
});

/** A refunded payment. */
export const aRefundedPayment = (): RefundedPayment => ({
  ...aRefundDuePayment(),
  status: 'refunded',
  refundedAt: noon,
  version: 4,
  sequence: 2,
});

/** A payment in a given state. */
export const aPaymentIn = (status: PaymentStatus): Payment => {
  switch (status) {
    case 'due':
      return aDuePayment();
    case 'action-required':
      return anActionRequiredPayment();
    case 'declined':
      return aDeclinedPayment();
    case 'captured':
      return aCapturedPayment();
    case 'cancelled':
      return aCancelledPayment();
    case 'refund-due':
      return aRefundDuePayment();
    case 'refunded':
      return aRefundedPayment();
  }
};
