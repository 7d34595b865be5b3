import type Stripe from 'stripe';
import { ApiError, noSuch, unexpectedState } from './errors.ts';
import type { Form } from './form.ts';
import type { Ledger } from './ledger.ts';
import { list, search } from './lists.ts';
import type { Stored } from './objects.ts';
import { aNewIntent, type PaymentIntent, seconds } from './objects.ts';
import {
  allowOnly,
  chargeable,
  currency,
  flag,
  metadata,
  oneOf,
  required,
  text,
  texts,
} from './parameters.ts';
import { authenticate, type Change, cancel, confirm, settle } from './payment-intent.ts';
import { createRefund, updateRefund } from './refunds.ts';
import { testCard } from './test-cards.ts';

/** One request, decoded. `id` is the object's id in the path, or ''. */
export type Call = { ledger: Ledger; form: Form; id: string; now: number };

/** What a route decided: the answer, what to store, what to notify; a refusal answers instead but the rest stays. */
export type Outcome = {
  body: unknown;
  put?: Stored[];
  facts?: { type: string; object: unknown }[];
  refusal?: ApiError;
  /** Money was taken. */
  charged?: boolean;
};

/** A route of the API. `open`: the customer's own step, allowed with the intent's client secret alone. */
export type Route = {
  method: 'GET' | 'POST';
  pattern: RegExp;
  open?: boolean;
  handle: (call: Call) => Outcome;
};

const CANCELLATION_REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;
const CONFIRMATION = ['payment_method', 'return_url', 'off_session', 'receipt_email', 'payment_method_types'];

const intentOf = ({ ledger, id }: Call): PaymentIntent => {
  const intent = ledger.intents.get(id);
  if (!intent) throw noSuch('payment_intent', id, 'intent');
  return intent;
};

const outcomeOf = (change: Change): Outcome => ({
  body: change.intent,
  put: [change.intent, change.charge, change.balanceTransaction].filter((each) => each !== undefined),
  facts: change.facts,
  ...(change.refusal ? { refusal: change.refusal } : {}),
  charged: change.intent.status === 'succeeded',
});

const paymentMethod = (form: Form): string | undefined => {
  const id = text(form, 'payment_method');
  if (id !== undefined && !testCard(id)) throw noSuch('PaymentMethod', id, 'payment_method', false);
  return id;
};

const withMethod = (intent: PaymentIntent, form: Form): PaymentIntent => {
  const method = paymentMethod(form);
  if (method === undefined) return intent;
  return { ...intent, payment_method: method, status: 'requires_confirmation', next_action: null };
};

/** Since API version 2023-08-16 an intent without `payment_method_types` takes whatever the dashboard allows. */
const methodsOf = (form: Form): Pick<PaymentIntent, 'payment_method_types' | 'automatic_payment_methods'> => {
  const types = texts(form, 'payment_method_types');
  const automatic = form.automatic_payment_methods;
  if (types && automatic) {
    const message =
      'You may only specify one of these parameters: automatic_payment_methods, payment_method_types.';
    throw new ApiError(400, { type: 'invalid_request_error', message, param: 'payment_method_types' });
  }
  if (types) return { payment_method_types: types, automatic_payment_methods: null };
  const options = typeof automatic === 'object' ? automatic : {};
  allowOnly(options, ['enabled', 'allow_redirects']);
  const allow = oneOf(options, 'allow_redirects', ['always', 'never']) ?? 'always';
  const enabled = flag(options, 'enabled') ?? true;
  return {
    payment_method_types: ['card'],
    automatic_payment_methods: enabled ? { enabled, allow_redirects: allow } : null,
  };
};

const confirmed = (intent: PaymentIntent, { form, now }: Call): Change =>
  confirm(
    intent.status === 'succeeded' || intent.status === 'canceled' ? intent : withMethod(intent, form),
    { returnUrl: text(form, 'return_url'), offSession: flag(form, 'off_session') },
    now,
  );

const createIntent = (call: Call): Outcome => {
  const { form, now } = call;
  allowOnly(form, [
    ...['amount', 'currency', 'metadata', 'description', 'statement_descriptor_suffix', 'expand'],
    ...['automatic_payment_methods', 'capture_method', 'confirm', 'confirmation_method', ...CONFIRMATION],
  ]);
  oneOf(form, 'capture_method', ['automatic', 'automatic_async']);
  oneOf(form, 'confirmation_method', ['automatic']);
  const inCurrency = currency(form);
  const bare = aNewIntent({
    amount: required(chargeable(form, inCurrency), 'amount'),
    currency: inCurrency,
    created: seconds(now),
    metadata: metadata(form),
    description: text(form, 'description') ?? null,
    receipt_email: text(form, 'receipt_email') ?? null,
    statement_descriptor_suffix: text(form, 'statement_descriptor_suffix', 22) ?? null,
    ...methodsOf(form),
  });
  const intent = withMethod(bare, form);
  const created = { type: 'payment_intent.created', object: intent };
  if (!flag(form, 'confirm')) return { body: intent, put: [intent], facts: [created] };
  const outcome = outcomeOf(confirmed(intent, call));
  return { ...outcome, facts: [created, ...(outcome.facts ?? [])] };
};

const updateIntent = (call: Call): Outcome => {
  const { form } = call;
  allowOnly(form, ['amount', 'metadata', 'description', 'receipt_email', 'payment_method', 'expand']);
  const intent = intentOf(call);
  const open = !['succeeded', 'canceled', 'processing'].includes(intent.status);
  if (!open && (form.amount !== undefined || form.payment_method !== undefined)) {
    throw unexpectedState(
      `This PaymentIntent's amount or payment method could not be updated because it has a status of ${intent.status}.`,
      intent,
    );
  }
  const changed = withMethod(
    {
      ...intent,
      amount: chargeable(form, intent.currency) ?? intent.amount,
      metadata: metadata(form, intent.metadata),
      description: text(form, 'description') ?? intent.description,
      receipt_email: text(form, 'receipt_email') ?? intent.receipt_email,
    },
    form,
  );
  return { body: changed, put: [changed] };
};

const captureIntent = (call: Call): Outcome => {
  const intent = intentOf(call);
  throw unexpectedState(
    `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent ` +
      'with one of the following statuses may be captured: requires_capture.',
    intent,
  );
};

const customersStep = (call: Call): Outcome => {
  allowOnly(call.form, ['outcome', 'client_secret', 'expand']);
  const passed = (oneOf(call.form, 'outcome', ['success', 'failure']) ?? 'success') === 'success';
  return outcomeOf(authenticate(intentOf(call), passed, call.now));
};

const banksStep = (call: Call): Outcome => {
  allowOnly(call.form, ['outcome', 'expand']);
  const paid = (oneOf(call.form, 'outcome', ['success', 'failure']) ?? 'success') === 'success';
  return outcomeOf(settle(intentOf(call), paid, call.now));
};

const found = <T>(object: T | undefined, kind: string, id: string): Outcome => {
  if (object === undefined) throw noSuch(kind, id, 'id');
  return { body: object };
};

const INTENT = '/v1/payment_intents';
const get = (pattern: RegExp, handle: Route['handle']): Route => ({ method: 'GET', pattern, handle });
const post = (pattern: RegExp, handle: Route['handle']): Route => ({ method: 'POST', pattern, handle });

/** Every address of the API that this sandbox serves; the group in a pattern is the object's id. */
export const routes: readonly Route[] = [
  post(/^\/v1\/payment_intents$/, createIntent),
  get(/^\/v1\/payment_intents$/, ({ ledger, form }) => ({
    body: list(INTENT, ledger.intents.all(), form, { customer: (each, value) => each.customer === value }),
  })),
  get(/^\/v1\/payment_intents\/search$/, ({ ledger, form }) => ({
    body: search(`${INTENT}/search`, ledger.intents.all(), form),
  })),
  get(/^\/v1\/payment_intents\/([^/]+)$/, (call) => ({ body: intentOf(call) })),
  post(/^\/v1\/payment_intents\/([^/]+)$/, updateIntent),
  post(/^\/v1\/payment_intents\/([^/]+)\/confirm$/, (call) => {
    allowOnly(call.form, [...CONFIRMATION, 'expand']);
    return outcomeOf(confirmed(intentOf(call), call));
  }),
  post(/^\/v1\/payment_intents\/([^/]+)\/cancel$/, (call) => {
    allowOnly(call.form, ['cancellation_reason', 'expand']);
    const reason: Stripe.PaymentIntent.CancellationReason | undefined = oneOf(
      call.form,
      'cancellation_reason',
      CANCELLATION_REASONS,
    );
    return outcomeOf(cancel(intentOf(call), reason ?? null, call.now));
  }),
  post(/^\/v1\/payment_intents\/([^/]+)\/capture$/, captureIntent),
  { ...post(/^\/v1\/test\/payment_intents\/([^/]+)\/authenticate$/, customersStep), open: true },
  post(/^\/v1\/test\/payment_intents\/([^/]+)\/settle$/, banksStep),
  post(/^\/v1\/refunds$/, createRefund),
  get(/^\/v1\/refunds$/, ({ ledger, form }) => ({
    body: list('/v1/refunds', ledger.refunds.all(), form, {
      charge: (each, value) => each.charge === value,
      payment_intent: (each, value) => each.payment_intent === value,
    }),
  })),
  get(/^\/v1\/refunds\/([^/]+)$/, ({ ledger, id }) => found(ledger.refunds.get(id), 'refund', id)),
  post(/^\/v1\/refunds\/([^/]+)$/, updateRefund),
  get(/^\/v1\/charges$/, ({ ledger, form }) => ({
    body: list('/v1/charges', ledger.charges.all(), form, {
      payment_intent: (each, value) => each.payment_intent === value,
    }),
  })),
  get(/^\/v1\/charges\/([^/]+)$/, ({ ledger, id }) => found(ledger.charges.get(id), 'charge', id)),
  get(/^\/v1\/balance_transactions$/, ({ ledger, form }) => ({
    body: list('/v1/balance_transactions', ledger.balanceTransactions.all(), form, {
      type: (each, value) => each.type === value,
      source: (each, value) => each.source === value,
      currency: (each, value) => each.currency === value,
    }),
  })),
  get(/^\/v1\/balance_transactions\/([^/]+)$/, ({ ledger, id }) =>
    found(ledger.balanceTransactions.get(id), 'balance transaction', id),
  ),
  get(/^\/v1\/events$/, ({ ledger, form }) => ({
    body: list('/v1/events', ledger.events.all(), form, { type: (each, value) => each.type === value }),
  })),
  get(/^\/v1\/events\/([^/]+)$/, ({ ledger, id }) => found(ledger.events.get(id), 'event', id)),
];
