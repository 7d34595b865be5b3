import { type Caller, may } from '#shared/auth/permissions.ts';
import { PaymentNotFound } from './errors.ts';
import type { Payment } from './payment.ts';

/** Lets a payment through to its payer and to the staff. @throws PaymentNotFound for all others */
export function visibleTo(caller: Caller, payment: Payment | undefined): Payment {
  if (payment !== undefined && (payment.userId === caller.userId || may(caller, 'payments:read-any')))
    return payment;
  throw new PaymentNotFound('There is no payment for this order (yet).');
}
