import { type Caller, may } from '#shared/auth/permissions.ts';
import type { Payment } from './payment.ts';

/** Whether a payment is the caller's own, or the caller may read all. */
export const isVisibleTo = (caller: Caller, payment: Payment): boolean =>
  payment.userId === caller.userId || may(caller, 'payments:read-any');
