import type Stripe from 'stripe';
import { ApiError, type ApiErrorBody, unexpectedState } from './errors.ts';
import { type Charge, newCharge, type PaymentIntent } from './objects.ts';
import { testCard } from './test-cards.ts';

/*
 * Stripe's PaymentIntent with automatic capture (https://docs.stripe.com/payments/paymentintents/lifecycle), always
 * created with a payment method:
 *
 *   requires_confirmation ──confirm──┬─> succeeded
 *                                    ├─> requires_action ──authenticate──┬─> succeeded
 *                                    │                                   └─> requires_payment_method
 *                                    ├─> processing
 *                                    └─> requires_payment_method (declined)
 *   every state but succeeded and canceled ──cancel──> canceled
 */

/**
 * An event to publish: its type and the object that it is about. Only the types that the shop selects exist here: see
 * services/payments/README.md.
 */
export type Fact = { type: string; object: unknown };

/** The result of a decision: objects to store, events to publish, and an error to return nevertheless. */
export type Change = { intent: PaymentIntent; charge?: Charge; facts: Fact[]; refusal?: ApiError };

const succeed = (intent: PaymentIntent, now: number): Change => {
  const charge = newCharge(intent, true, now);
  const succeeded: PaymentIntent = {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
    last_payment_error: null,
  };
  return {
    intent: succeeded,
    charge,
    facts: [{ type: 'payment_intent.succeeded', object: succeeded }],
  };
};

const fail = (intent: PaymentIntent, error: ApiErrorBody): PaymentIntent => ({
  ...intent,
  status: 'requires_payment_method',
  payment_method: null,
  last_payment_error: error as Stripe.PaymentIntent['last_payment_error'],
});

const decline = (intent: PaymentIntent, code: string, declineCode: string, now: number): Change => {
  const charge = newCharge(intent, false, now);
  const error = {
    type: 'card_error',
    code,
    decline_code: declineCode,
    message: `Your card was declined: ${declineCode}.`,
  } as const;
  const failed = { ...fail(intent, error), latest_charge: charge.id };
  return {
    intent: failed,
    charge,
    facts: [{ type: 'payment_intent.payment_failed', object: failed }],
    refusal: new ApiError(402, { ...error, charge: charge.id, payment_intent: failed }),
  };
};

/** Charges the card, requires the customer's authentication, waits for the bank, or is declined. */
export const confirm = (intent: PaymentIntent, now: number): Change => {
  const outcome = intent.payment_method === null ? undefined : testCard(intent.payment_method);
  if (intent.status !== 'requires_confirmation' || outcome === undefined)
    throw unexpectedState(
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`,
      intent,
    );
  switch (outcome.kind) {
    case 'approved':
      return succeed(intent, now);
    case 'declined':
      return decline(intent, outcome.code, outcome.declineCode, now);
    case 'processing':
      return { intent: { ...intent, status: 'processing' }, facts: [] };
    case 'authentication-required': {
      const waiting: PaymentIntent = { ...intent, status: 'requires_action' };
      return { intent: waiting, facts: [{ type: 'payment_intent.requires_action', object: waiting }] };
    }
  }
};

/** The result of the customer's 3-D Secure authentication. @throws ApiError unless the intent requires it */
export const authenticate = (intent: PaymentIntent, passed: boolean, now: number): Change => {
  if (intent.status !== 'requires_action')
    throw unexpectedState(
      `This PaymentIntent has a status of ${intent.status}, not requires_action.`,
      intent,
    );
  if (passed) return succeed(intent, now);
  const failed = fail(intent, {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication.',
  });
  return { intent: failed, facts: [{ type: 'payment_intent.payment_failed', object: failed }] };
};

/** @throws ApiError if the intent has succeeded or is canceled */
export const cancel = (intent: PaymentIntent): Change => {
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    throw unexpectedState(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      intent,
    );
  const canceled: PaymentIntent = { ...intent, status: 'canceled' };
  return { intent: canceled, facts: [{ type: 'payment_intent.canceled', object: canceled }] };
};
