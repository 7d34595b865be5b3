import { unchanged } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import type { ChangeOptions } from '#shared/postgres/change-store.ts';
import { decidePayment } from '../domain/decide.ts';
import type { CancelledPayment, Observation, Payment, RefundDuePayment } from '../domain/payment.ts';
import type { PaymentDeps } from './charge-payment.ts';

/**
 * Cancels the payment of a cancelled order: nothing more is captured, and what was captured is refunded. Safe to repeat
 * from any point.
 * @throws Unavailable if the provider does not respond
 */
export async function cancelPayment(
  deps: PaymentDeps,
  cancelled: CancelledPayment,
  options: ChangeOptions<Payment>,
): Promise<Payment> {
  const { payments } = deps;
  const { cause } = options;
  const stored = await payments.findOrCreate({ kind: 'changed', state: cancelled, events: [] }, { cause });
  const decided = await payments.change(stored.id, (current) => decidePayment(current, { kind: 'cancel' }), {
    cause,
    lastRead: stored,
  });
  const settled = await settlePayment(deps, decided, cause);
  return payments.change(settled.id, unchanged, { ...options, lastRead: settled });
}

/** Does at the provider what a cancelled order requires: cancels the intent, or refunds the money. */
export async function settlePayment(deps: PaymentDeps, payment: Payment, cause: Cause): Promise<Payment> {
  switch (payment.status) {
    case 'cancelled':
      return cancelIntent(deps, payment, cause);
    case 'refund-due':
      return refund(deps, payment, cause);
    case 'due':
    case 'action-required':
    case 'declined':
    case 'captured':
    case 'refunded':
      return payment;
  }
}

async function refund(
  { payments, provider, paymentMeta }: PaymentDeps,
  payment: RefundDuePayment,
  cause: Cause,
): Promise<Payment> {
  const { id, attempt } = payment;
  if (attempt.intentId === undefined) return payment;
  const refundId = await provider.refundIntent(attempt.intentId, attempt);
  return payments.change(
    id,
    (current) => decidePayment(current, { kind: 'record-refund', refundId, ...paymentMeta() }),
    { cause, lastRead: payment },
  );
}

async function cancelIntent(deps: PaymentDeps, payment: CancelledPayment, cause: Cause): Promise<Payment> {
  const intentId = payment.attempt?.intentId;
  if (intentId === undefined) return payment;
  const observation = await deps.provider.cancelIntent(intentId);
  if (observation.kind !== 'captured') return payment;
  return settlePayment(deps, await record(deps, payment, observation, cause), cause);
}

/**
 * Reads the state of a payment's intent at the provider, and does what follows from it.
 * @throws Unavailable if the provider does not respond
 */
export async function refreshPayment(deps: PaymentDeps, payment: Payment, cause: Cause): Promise<Payment> {
  const intentId = payment.attempt?.intentId;
  if (intentId === undefined) return payment;
  const { observation } = await deps.provider.readIntent(intentId);
  const recorded = await record(deps, payment, observation, cause);
  return recorded.status === 'refund-due' ? settlePayment(deps, recorded, cause) : recorded;
}

const record = (
  { payments, paymentMeta }: PaymentDeps,
  payment: Payment,
  observation: Observation,
  cause: Cause,
): Promise<Payment> =>
  payments.change(
    payment.id,
    (current) => decidePayment(current, { kind: 'record-observation', observation, ...paymentMeta() }),
    { cause, lastRead: payment },
  );
