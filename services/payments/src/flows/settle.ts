import type { Cause } from '#shared/events/event.ts';
import { decide } from '../domain/decide.ts';
import type { CancelledPayment, Payment } from '../domain/payment.ts';
import type { Charging } from './charge.ts';

/**
 * Ends the payment of a cancelled order: nothing more is taken, and what was taken goes back. Safe to repeat from
 * any point.
 * @throws Unavailable if the provider does not answer
 */
export async function stopPayment(
  settling: Charging,
  notWanted: CancelledPayment,
  cause: Cause,
): Promise<Payment> {
  const { payments } = settling;
  const payment = await payments.open(notWanted);
  const stopped = await payments.change(payment, (now) => decide(now, { kind: 'order-cancelled' }), cause);
  return settle(settling, stopped, cause);
}

/** Does at the provider what a payment of a cancelled order asks for: cancels its intent, or gives the money back. */
export async function settle(settling: Charging, payment: Payment, cause: Cause): Promise<Payment> {
  switch (payment.status) {
    case 'cancelled':
      return cancelIntent(settling, payment, cause);
    case 'refund-due': {
      const { payments, provider, clock } = settling;
      const { attempt } = payment;
      if (attempt.intentId === undefined) return payment;
      const refundId = await provider.refundIntent(attempt.intentId, attempt);
      const at = clock();
      return payments.change(payment, (now) => decide(now, { kind: 'refunded', refundId, at }), cause);
    }
    case 'due':
    case 'action-required':
    case 'declined':
    case 'captured':
    case 'refunded':
      return payment;
  }
}

async function cancelIntent(settling: Charging, payment: CancelledPayment, cause: Cause): Promise<Payment> {
  const { payments, provider, clock } = settling;
  const intentId = payment.attempt?.intentId;
  if (intentId === undefined) return payment;
  const observation = await provider.cancelIntent(intentId);
  if (observation.kind !== 'captured') return payment;
  const at = clock();
  const taken = await payments.change(
    payment,
    (now) => decide(now, { kind: 'observed', observation, at }),
    cause,
  );
  return settle(settling, taken, cause);
}

/**
 * Looks at the provider how a payment stands, and does what follows from it.
 * @throws Unavailable if the provider does not answer
 */
export async function refresh(settling: Charging, payment: Payment, cause: Cause): Promise<Payment> {
  const { payments, provider, clock } = settling;
  const intentId = payment.attempt?.intentId;
  if (intentId === undefined) return payment;
  const { observation } = await provider.readIntent(intentId);
  const at = clock();
  const seen = await payments.change(
    payment,
    (now) => decide(now, { kind: 'observed', observation, at }),
    cause,
  );
  return seen.status === 'refund-due' ? settle(settling, seen, cause) : seen;
}
