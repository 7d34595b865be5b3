import type { Clock } from '#shared/clock.ts';
import type { Cause } from '#shared/events/event.ts';
import type { PaymentProvider } from '../adapters/payment-provider.ts';
import type { AlsoWrite, PaymentStore } from '../adapters/payment-store.ts';
import { decide } from '../domain/decide.ts';
import type { DuePayment, Observation, Payment } from '../domain/payment.ts';

/** What a charge needs. */
export type Charging = { payments: PaymentStore; provider: PaymentProvider; clock: Clock };

/**
 * Charges a payment once. The intent is made unconfirmed and kept, and only then confirmed: whatever fails in
 * between, the next try goes on with the same intent and asks first how it stands. `also` is written with the end.
 * @throws Unavailable if the provider does not answer: the message comes again
 */
export async function charge(
  { payments, provider, clock }: Charging,
  wanted: DuePayment,
  cause: Cause,
  also: AlsoWrite,
): Promise<Payment> {
  const payment = await payments.open(wanted);
  const { known, observation } =
    payment.status === 'due'
      ? await chargeDue({ payments, provider, clock }, payment)
      : { known: payment, observation: { kind: 'pending' } as const };
  const at = clock();
  return payments.change(known, (now) => decide(now, { kind: 'observed', observation, at }), cause, also);
}

type Charged = { known: DuePayment; observation: Observation };

async function chargeDue({ payments, provider, clock }: Charging, payment: DuePayment): Promise<Charged> {
  const { attempt } = payment;
  const late = clock() >= attempt.deadline;
  const intentId = attempt.intentId ?? (await newIntent({ payments, provider }, payment));
  if (typeof intentId !== 'string') return { known: payment, observation: intentId };
  const known = { ...payment, attempt: { ...attempt, intentId } };
  if (late || attempt.intentId !== undefined) {
    const { observation } = await provider.readIntent(intentId);
    if (observation.kind !== 'unconfirmed') return { known, observation };
  }
  // Too late: the order is about to be cancelled, which cancels the intent; its hold on the stock ends soon after.
  if (late || clock() >= attempt.deadline) return { known, observation: { kind: 'pending' } };
  return { known, observation: await provider.confirmIntent(intentId) };
}

/**
 * Makes the intent, or meets the one that an earlier try made, as the attempt's id is the key. So it is asked for even
 * when it is too late to charge: a charge whose record was lost with a region is found again, and not left to a
 * cancelled order.
 */
async function newIntent(
  { payments, provider }: Pick<Charging, 'payments' | 'provider'>,
  { id, orderId, attempt, amount }: DuePayment,
): Promise<string | Extract<Observation, { kind: 'declined' }>> {
  const intent = await provider.createIntent(attempt, amount, { orderId, paymentId: id });
  return 'kind' in intent ? intent : payments.keepIntent(attempt, intent.id);
}
