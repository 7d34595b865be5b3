import type { Clock } from '#shared/clock.ts';
import type { Cause } from '#shared/events/event.ts';
import type { ChangeOptions } from '#shared/postgres/change-store.ts';
import type { PaymentProvider } from '../adapters/payment-provider.ts';
import type { PaymentStore } from '../adapters/payment-store.ts';
import { decidePayment, type PaymentMeta } from '../domain/decide.ts';
import type { DuePayment, Observation, Payment } from '../domain/payment.ts';

/** What the payment workflows use. */
export type PaymentDeps = {
  payments: PaymentStore;
  provider: PaymentProvider;
  clock: Clock;
  paymentMeta: () => PaymentMeta;
};

/** A payment as it is stored, and the state of its charge at the provider. */
type Charge = { payment: Payment; observation: Observation };

/**
 * Charges a payment once. The intent is created unconfirmed and stored, and only then confirmed: after any failure in
 * between, the retry continues with the same intent and reads its state first.
 * @throws Unavailable if the provider does not respond: the message is delivered again
 */
export async function chargePayment(
  deps: PaymentDeps,
  due: DuePayment,
  options: ChangeOptions<Payment>,
): Promise<Payment> {
  const { payments, paymentMeta } = deps;
  const { cause } = options;
  const stored = await payments.findOrCreate({ kind: 'changed', state: due, events: [] }, { cause });
  const { payment, observation } =
    stored.status === 'due' ? await charge(deps, stored, cause) : notCharged(stored);
  return payments.change(
    payment.id,
    (current) => decidePayment(current, { kind: 'record-observation', observation, ...paymentMeta() }),
    { ...options, lastRead: payment },
  );
}

const notCharged = (payment: Payment): Charge => ({ payment, observation: { kind: 'pending' } });

/** Creates the intent if there is none, and confirms it unless it is confirmed or the deadline has passed. */
async function charge(
  { payments, provider, clock }: PaymentDeps,
  due: DuePayment,
  cause: Cause,
): Promise<Charge> {
  const { id, orderId, amount, attempt } = due;
  const late = clock() >= attempt.deadline;
  let payment: Payment = due;
  if (attempt.intentId === undefined) {
    // Also after the deadline: it finds a charge whose record was lost with a region, since the attempt's id is the key.
    const intent = await provider.createIntent(attempt, amount, { orderId, paymentId: id });
    if ('kind' in intent) return { payment, observation: intent };
    payment = await payments.change(
      id,
      (current) => decidePayment(current, { kind: 'record-intent', intentId: intent.id }),
      { cause, lastRead: due },
    );
  }
  const intentId = payment.attempt?.intentId;
  if (payment.status !== 'due' || intentId === undefined) return notCharged(payment);
  if (late || attempt.intentId !== undefined) {
    const { observation } = await provider.readIntent(intentId);
    if (observation.kind !== 'unconfirmed') return { payment, observation };
  }
  // After the deadline the order is about to be cancelled, which cancels the intent; its reservation expires soon after.
  if (late || clock() >= attempt.deadline) return notCharged(payment);
  return { payment, observation: await provider.confirmIntent(intentId) };
}
