import { ApiError, invalidParameter, missingParameter, noSuch } from './errors.ts';
import { aBalanceTransaction, aRefund, type Charge, seconds } from './objects.ts';
import { allowOnly, amount, metadata, oneOf, text } from './parameters.ts';
import type { Call, Outcome } from './routes.ts';

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

const refunded = ({ ledger, form }: Call): Charge => {
  const chargeId = text(form, 'charge');
  const intentId = text(form, 'payment_intent');
  if (chargeId !== undefined) {
    const charge = ledger.charges.get(chargeId);
    if (!charge) throw noSuch('charge', chargeId, 'charge', false);
    return charge;
  }
  if (intentId === undefined) throw missingParameter('payment_intent');
  const intent = ledger.intents.get(intentId);
  if (!intent) throw noSuch('payment_intent', intentId, 'payment_intent', false);
  const charge = intent.status === 'succeeded' ? ledger.charges.get(intent.latest_charge ?? '') : undefined;
  if (charge) return charge;
  const message = `This PaymentIntent (${intentId}) does not have a successful charge to refund.`;
  throw new ApiError(400, { type: 'invalid_request_error', message, param: 'payment_intent' });
};

/** Gives back a charge, whole or in part. @throws ApiError when more is asked for than is left */
export const createRefund = (call: Call): Outcome => {
  const { form, now } = call;
  allowOnly(form, ['charge', 'payment_intent', 'amount', 'reason', 'metadata', 'expand']);
  const asked = amount(form);
  const reason = oneOf(form, 'reason', REASONS) ?? null;
  const charge = refunded(call);
  const left = charge.amount_captured - charge.amount_refunded;
  if (!charge.paid) {
    const message = `Charge ${charge.id} was not successful and cannot be refunded.`;
    throw new ApiError(400, { type: 'invalid_request_error', message, param: 'charge' });
  }
  if (left === 0) {
    throw new ApiError(400, {
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: `Charge ${charge.id} has already been refunded.`,
    });
  }
  if (asked !== undefined && asked > left) {
    // Not kept out of the books by its form but by the charge's state, yet Stripe names the parameter.
    const message = `Refund amount (${asked}) is greater than unrefunded amount on charge (${left})`;
    throw invalidParameter('amount', message);
  }
  const bare = aRefund(charge, {
    amount: asked ?? left,
    created: seconds(now),
    metadata: metadata(form),
    reason,
  });
  const movement = aBalanceTransaction('refund', bare, seconds(now));
  const refund = { ...bare, balance_transaction: movement.id };
  const amountRefunded = charge.amount_refunded + bare.amount;
  const changed: Charge = {
    ...charge,
    amount_refunded: amountRefunded,
    refunded: amountRefunded === charge.amount_captured,
  };
  return {
    body: refund,
    put: [refund, movement, changed],
    facts: [
      { type: 'refund.created', object: refund },
      { type: 'charge.refunded', object: changed },
    ],
  };
};

/** Changes a refund's metadata, the only part of it that can change. */
export const updateRefund = ({ ledger, form, id }: Call): Outcome => {
  allowOnly(form, ['metadata', 'expand']);
  const refund = ledger.refunds.get(id);
  if (!refund) throw noSuch('refund', id, 'refund');
  const changed = { ...refund, metadata: metadata(form, refund.metadata ?? {}) };
  return { body: changed, put: [changed], facts: [{ type: 'refund.updated', object: changed }] };
};
