import { ApiError, InvalidParameters, noSuch } from './errors.ts';
import type { Ledger } from './ledger.ts';
import {
  type Charge,
  newId,
  newIntent,
  type PaymentIntent,
  type Refund,
  type Stored,
  seconds,
} from './objects.ts';
import {
  authenticateParameters,
  createIntentParameters,
  createRefundParameters,
  type Form,
  listRefundsParameters,
  noParameters,
  parameters,
} from './parameters.ts';
import { authenticate, type Change, cancel, confirm, type Fact } from './payment-intent.ts';

/** A decoded request; `id` is the object's id in the path. */
export type Call = { ledger: Ledger; form: Form; id: string; now: number };

/** The result of a request. With a `refusal`, that is returned instead of `body`, and the rest takes effect. */
export type Result = {
  body: unknown;
  put?: Stored[];
  facts?: Fact[];
  refusal?: ApiError;
  /** Whether money was taken. */
  charged?: boolean;
};
export type Handler = (call: Call) => Result;

const intentOf = ({ ledger, id }: Call): PaymentIntent => {
  const intent = ledger.intents.get(id);
  if (intent === undefined) throw noSuch('payment_intent', id, 'intent', 404);
  return intent;
};

const resultOf = ({ intent, charge, facts, refusal }: Change): Result => ({
  body: intent,
  put: charge === undefined ? [intent] : [intent, charge],
  facts,
  ...(refusal ? { refusal } : {}),
  charged: intent.status === 'succeeded',
});

const createIntent: Handler = ({ form, now }) => {
  const { automatic_payment_methods: _, ...fields } = parameters(createIntentParameters, form);
  const intent = newIntent({ ...fields, created: seconds(now) });
  return { body: intent, put: [intent] };
};

/** The successful charge of an intent. @throws ApiError if there is none */
const chargeOf = (ledger: Ledger, intentId: string): Charge => {
  const intent = ledger.intents.get(intentId);
  if (intent === undefined) throw noSuch('payment_intent', intentId, 'payment_intent', 400);
  const charge = intent.status === 'succeeded' ? ledger.charges.get(intent.latest_charge ?? '') : undefined;
  if (charge !== undefined) return charge;
  throw new ApiError(400, {
    type: 'invalid_request_error',
    message: `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
    param: 'payment_intent',
  });
};

const createRefund: Handler = ({ ledger, form, now }) => {
  const { payment_intent: intentId, amount, metadata } = parameters(createRefundParameters, form);
  const charge = chargeOf(ledger, intentId);
  const remaining = charge.amount_captured - charge.amount_refunded;
  if (remaining === 0)
    throw new ApiError(400, {
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: `Charge ${charge.id} has already been refunded.`,
    });
  if (amount !== undefined && amount > remaining)
    throw new InvalidParameters(
      'amount',
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${remaining})`,
    );
  const refund: Refund = {
    id: newId('re'),
    object: 'refund',
    amount: amount ?? remaining,
    charge: charge.id,
    created: seconds(now),
    currency: charge.currency,
    metadata,
    payment_intent: intentId,
    status: 'succeeded',
  };
  const refunded: Charge = { ...charge, amount_refunded: charge.amount_refunded + refund.amount };
  return { body: refund, put: [refund, refunded] };
};

/** Newest first; one page, since an intent has few refunds. */
const listRefunds: Handler = ({ ledger, form }) => {
  const { payment_intent: intentId, limit } = parameters(listRefundsParameters, form);
  const refunds = [...ledger.refunds.values()].filter((refund) => refund.payment_intent === intentId);
  const data = refunds.toReversed().slice(0, limit);
  return { body: { object: 'list', url: '/v1/refunds', has_more: data.length < refunds.length, data } };
};

const without =
  (handler: Handler): Handler =>
  (call) => {
    parameters(noParameters, call.form);
    return handler(call);
  };

/** The customer's step of a 3-D Secure payment. Not in Stripe's API: there, Stripe.js and the bank do it. */
const authenticateIntent: Handler = (call) => {
  const { outcome } = parameters(authenticateParameters, call.form);
  return resultOf(authenticate(intentOf(call), outcome === 'success', call.now));
};

/** The path of {@link authenticateIntent}, which is allowed with the intent's client secret instead of the API key. */
export const authenticatePath = '/v1/test/payment_intents/:id/authenticate';

/** Every route of Stripe's API that the shop uses. */
export const routes: Record<string, Handler> = {
  'POST /v1/payment_intents': createIntent,
  'GET /v1/payment_intents/:id': without((call) => ({ body: intentOf(call) })),
  'POST /v1/payment_intents/:id/confirm': without((call) => resultOf(confirm(intentOf(call), call.now))),
  'POST /v1/payment_intents/:id/cancel': without((call) => resultOf(cancel(intentOf(call)))),
  [`POST ${authenticatePath}`]: authenticateIntent,
  'POST /v1/refunds': createRefund,
  'GET /v1/refunds': listRefunds,
};
