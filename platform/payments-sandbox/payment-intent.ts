import type Stripe from 'stripe';
import { ApiError, unexpectedState } from './errors.ts';
import {
  aBalanceTransaction,
  aCharge,
  type BalanceTransaction,
  type Charge,
  newId,
  type PaymentIntent,
  seconds,
} from './objects.ts';
import { type CardOutcome, type TestCard, testCard } from './test-cards.ts';

/*
 * Stripe's PaymentIntent with automatic capture (https://docs.stripe.com/payments/paymentintents/lifecycle):
 *
 *   requires_payment_method ──method──> requires_confirmation ──confirm──┬─> succeeded
 *            ^                                                           ├─> requires_action ─┬─> succeeded
 *            │                                                           ├─> processing ──────┤
 *            └───────────────── declined, authentication failed ─────────┴────────────────────┘
 *   every state but succeeded and canceled ──cancel──> canceled
 */

/** What a decision changes: objects to store, facts to notify, and an error to answer with all the same. */
export type Change = {
  intent: PaymentIntent;
  charge?: Charge;
  balanceTransaction?: BalanceTransaction;
  facts: { type: string; object: unknown }[];
  refusal?: ApiError;
};

/** How the intent is to be confirmed. */
export type Confirmation = { returnUrl?: string | undefined; offSession?: boolean | undefined };

const wireMethod = (id: string, card: TestCard): Stripe.PaymentMethod =>
  ({
    id,
    object: 'payment_method',
    livemode: false,
    metadata: {},
    type: 'card',
    card: { brand: card.brand, country: card.country, exp_month: 12, exp_year: 2034, last4: card.last4 },
  }) as unknown as Stripe.PaymentMethod;

const fail = (
  intent: PaymentIntent,
  card: TestCard,
  decline: { code: string; declineCode?: string; message: string },
  charge: Charge | undefined,
): Change => {
  const error = {
    code: decline.code,
    ...(decline.declineCode ? { decline_code: decline.declineCode } : {}),
    message: decline.message,
    payment_method: wireMethod(intent.payment_method ?? '', card),
    ...(charge ? { charge: charge.id } : {}),
  };
  const type = charge ? 'card_error' : 'invalid_request_error';
  const failed: PaymentIntent = {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    latest_charge: charge?.id ?? intent.latest_charge,
    last_payment_error: { type, ...error } as PaymentIntent['last_payment_error'],
  };
  return {
    intent: failed,
    ...(charge ? { charge } : {}),
    facts: [
      ...(charge ? [{ type: 'charge.failed', object: charge }] : []),
      { type: 'payment_intent.payment_failed', object: failed },
    ],
    refusal: new ApiError(402, { type: 'card_error', ...error, payment_intent: failed }),
  };
};

const declinedCharge = (
  intent: PaymentIntent,
  card: TestCard,
  decline: Extract<CardOutcome, { kind: 'declined' }>,
  now: number,
): Charge =>
  aCharge(intent, card, {
    created: seconds(now),
    status: 'failed',
    failure_code: decline.code,
    failure_message: decline.message,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'declined_by_network',
      reason: decline.declineCode,
      seller_message: 'The bank did not return any further details with this decline.',
      type: 'issuer_declined',
    },
  });

/** Takes the money: the intent has succeeded, with its charge and the movement on the balance. */
export const charged = (intent: PaymentIntent, card: TestCard, now: number): Change => {
  const bare = aCharge(intent, card, {
    created: seconds(now),
    status: 'succeeded',
    captured: true,
    paid: true,
    amount_captured: intent.amount,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
  });
  const balanceTransaction = aBalanceTransaction('charge', bare, seconds(now));
  const charge: Charge = { ...bare, balance_transaction: balanceTransaction.id };
  const succeeded: PaymentIntent = {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
    processing: null,
  };
  return {
    intent: succeeded,
    charge,
    balanceTransaction,
    facts: [
      { type: 'charge.succeeded', object: charge },
      { type: 'payment_intent.succeeded', object: succeeded },
    ],
  };
};

const nextAction = (intent: PaymentIntent, returnUrl: string | undefined): Stripe.PaymentIntent.NextAction =>
  returnUrl
    ? { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url: returnUrl } }
    : {
        type: 'use_stripe_sdk',
        use_stripe_sdk: {
          type: 'stripe_3ds2_fingerprint',
          three_d_secure_2_source: newId('src'),
          intent: intent.id,
        },
      };

/** The card an intent would be charged to. @throws ApiError when it has none */
export const cardOf = (intent: PaymentIntent): TestCard => {
  const card = intent.payment_method === null ? undefined : testCard(intent.payment_method);
  if (card) return card;
  throw unexpectedState(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a ' +
      'payment method or ConfirmationToken.',
    intent,
  );
};

const mayConfirm = (intent: PaymentIntent, confirmation: Confirmation): void => {
  switch (intent.status) {
    case 'succeeded':
      throw unexpectedState(
        'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
        intent,
      );
    case 'canceled':
    case 'processing':
    case 'requires_capture':
      throw unexpectedState(
        `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent ` +
          'with one of the following statuses may be confirmed: requires_confirmation, requires_action.',
        intent,
      );
    case 'requires_action':
    case 'requires_confirmation':
    case 'requires_payment_method':
  }
  if (intent.automatic_payment_methods?.allow_redirects === 'always' && !confirmation.returnUrl) {
    throw new ApiError(400, {
      type: 'invalid_request_error',
      message:
        'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these ' +
        'payment methods might redirect your customer off of your page, you must provide a `return_url`. If you ' +
        "don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and " +
        '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
      payment_intent: intent,
    });
  }
};

/** Confirms: charges, asks for the customer's authentication, waits for the bank, or is declined. */
export const confirm = (intent: PaymentIntent, confirmation: Confirmation, now: number): Change => {
  mayConfirm(intent, confirmation);
  const card = cardOf(intent);
  const { outcome } = card;
  switch (outcome.kind) {
    case 'approved':
      return charged(intent, card, now);
    case 'declined':
      return fail(intent, card, outcome, declinedCharge(intent, card, outcome, now));
    case 'processing': {
      const waiting: PaymentIntent = { ...intent, status: 'processing', processing: { type: 'card' } };
      return { intent: waiting, facts: [{ type: 'payment_intent.processing', object: waiting }] };
    }
    case 'authentication_required': {
      if (confirmation.offSession) {
        const decline = {
          kind: 'declined' as const,
          code: 'authentication_required',
          declineCode: 'authentication_required',
          message: 'Your card was declined. This transaction requires authentication.',
        };
        return fail(intent, card, decline, declinedCharge(intent, card, decline, now));
      }
      const waiting: PaymentIntent = {
        ...intent,
        status: 'requires_action',
        next_action: nextAction(intent, confirmation.returnUrl),
      };
      return { intent: waiting, facts: [{ type: 'payment_intent.requires_action', object: waiting }] };
    }
  }
};

/** The customer's answer to 3-D Secure. @throws ApiError unless the intent waits for it */
export const authenticate = (intent: PaymentIntent, passed: boolean, now: number): Change => {
  if (intent.status !== 'requires_action') {
    throw unexpectedState(
      `This PaymentIntent has a status of ${intent.status}, not requires_action.`,
      intent,
    );
  }
  const card = cardOf(intent);
  if (passed) return charged(intent, card, now);
  const { refusal: _, ...change } = fail(
    intent,
    card,
    {
      code: 'payment_intent_authentication_failure',
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
        'PaymentMethod to attempt to fulfill this PaymentIntent again.',
    },
    undefined,
  );
  return change;
};

/** The bank's late answer to a payment in processing. @throws ApiError unless the intent waits for it */
export const settle = (intent: PaymentIntent, paid: boolean, now: number): Change => {
  if (intent.status !== 'processing') {
    throw unexpectedState(`This PaymentIntent has a status of ${intent.status}, not processing.`, intent);
  }
  const card = cardOf(intent);
  if (paid) return charged(intent, card, now);
  const decline = {
    kind: 'declined' as const,
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: 'Your card was declined.',
  };
  const idle: PaymentIntent = { ...intent, processing: null };
  const { refusal: _, ...change } = fail(idle, card, decline, declinedCharge(idle, card, decline, now));
  return change;
};

/** Cancels for good. @throws ApiError once the intent has succeeded or is canceled */
export const cancel = (
  intent: PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
  now: number,
): Change => {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedState(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with ` +
        'one of the following statuses may be canceled: requires_payment_method, requires_capture, ' +
        'requires_reauthorization, requires_confirmation, requires_action, processing.',
      intent,
    );
  }
  const canceled: PaymentIntent = {
    ...intent,
    status: 'canceled',
    canceled_at: seconds(now),
    cancellation_reason: reason,
    next_action: null,
    processing: null,
  };
  return { intent: canceled, facts: [{ type: 'payment_intent.canceled', object: canceled }] };
};
