import type Stripe from 'stripe';
import { converse } from './conversation.ts';
import type { PaymentsSandbox } from './sandbox.ts';
import { API_KEY, anOrderIntent, aSandbox, stripeAt, stripeErrorOf } from './testing.ts';

let sandbox: PaymentsSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await aSandbox();
  stripe = stripeAt(sandbox.url);
});

afterAll(() => sandbox.stop());

const confirmed = async (card: string, fields: Partial<Stripe.PaymentIntentCreateParams> = {}) => {
  const intent = await stripe.paymentIntents.create(anOrderIntent(fields));
  return stripe.paymentIntents.confirm(intent.id, { payment_method: card });
};

const customersStep = (id: string, form: Record<string, string>, key?: string) =>
  fetch(`${sandbox.url}/v1/test/payment_intents/${id}/authenticate`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: key ? { authorization: `Bearer ${key}` } : {},
  });

test('every request that the shop makes is taken', async () => {
  const refused = (await converse(stripe)).filter((step) => step.refusal);
  expect(refused).toEqual([]);
});

describe('a PaymentIntent', () => {
  test('is unpaid until it is confirmed, then has one charge with its fee on the balance', async () => {
    const created = await stripe.paymentIntents.create(
      anOrderIntent({ metadata: { order_id: 'order-paid' } }),
    );
    expect(created).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
      livemode: false,
    });
    const paid = await stripe.paymentIntents.confirm(created.id, {
      payment_method: 'pm_card_mastercard',
      expand: ['latest_charge.balance_transaction'],
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 4200,
      latest_charge: { paid: true, amount: 4200, balance_transaction: { amount: 4200, fee: 88, net: 4112 } },
    });
    expect(sandbox.ledger('order-paid').orders).toEqual({
      'order-paid': { charges: 1, chargedCents: 4200, refundedCents: 0 },
    });
  });

  test('with a card waits for confirmation, and takes both at once when asked', async () => {
    const waiting = await stripe.paymentIntents.create(anOrderIntent({ payment_method: 'pm_card_visa' }));
    expect(waiting.status).toBe('requires_confirmation');
    const paid = await stripe.paymentIntents.create(
      anOrderIntent({ payment_method: 'pm_card_visa', confirm: true }),
    );
    expect(paid.status).toBe('succeeded');
  });

  test('is refused a second confirmation once paid', async () => {
    const paid = await confirmed('pm_card_visa');
    const error = await stripeErrorOf(
      stripe.paymentIntents.confirm(paid.id, { payment_method: 'pm_card_visa' }),
    );
    expect(error).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: paid.id, status: 'succeeded' },
    });
    const charges = await stripe.charges.list({ payment_intent: paid.id });
    expect(charges.data).toHaveLength(1);
  });

  test('without a card cannot be confirmed', async () => {
    const intent = await stripe.paymentIntents.create(anOrderIntent());
    const error = await stripeErrorOf(stripe.paymentIntents.confirm(intent.id));
    expect(error).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  test('that allows redirects needs a return address', async () => {
    const { automatic_payment_methods: _, ...fields } = anOrderIntent();
    const intent = await stripe.paymentIntents.create(fields);
    const card = { payment_method: 'pm_card_visa' };
    const error = await stripeErrorOf(stripe.paymentIntents.confirm(intent.id, card));
    expect(error.message).toContain('return_url');
    const paid = await stripe.paymentIntents.confirm(intent.id, {
      ...card,
      return_url: 'https://shop.test/back',
    });
    expect(paid.status).toBe('succeeded');
  });

  test('can be canceled while unpaid, once, and not after it is paid', async () => {
    const intent = await stripe.paymentIntents.create(anOrderIntent());
    const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    expect(await stripeErrorOf(stripe.paymentIntents.cancel(intent.id))).toMatchObject({ statusCode: 400 });
    const late = await stripeErrorOf(
      stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }),
    );
    expect(late).toMatchObject({ code: 'payment_intent_unexpected_state' });
    const paid = await confirmed('pm_card_visa');
    expect(await stripeErrorOf(stripe.paymentIntents.cancel(paid.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect(await stripeErrorOf(stripe.paymentIntents.capture(paid.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });
});

describe('a declined card', () => {
  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s answers 402 with %s and %s', async (card, code, declineCode) => {
    const error = await stripeErrorOf(confirmed(card));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
    });
    expect(error.payment_intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code, decline_code: declineCode },
    });
  });

  test('leaves the intent open for another one, and a failed charge in the books', async () => {
    const intent = await stripe.paymentIntents.create(
      anOrderIntent({ metadata: { order_id: 'order-second' } }),
    );
    await stripeErrorOf(
      stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_chargeDeclined' }),
    );
    const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
    const books = sandbox.ledger('order-second');
    expect(books.charges.map((charge) => charge.status)).toEqual(['failed', 'succeeded']);
    expect(books.orders['order-second']?.charges).toBe(1);
  });
});

describe('a card that wants authentication', () => {
  test('is charged after the customer passed it with nothing but the client secret', async () => {
    const waiting = await confirmed('pm_card_authenticationRequired');
    expect(waiting).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    const answer = await customersStep(waiting.id, { client_secret: waiting.client_secret ?? '' });
    expect(answer.status).toBe(200);
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({ status: 'succeeded' });
    const again = await customersStep(waiting.id, { client_secret: waiting.client_secret ?? '' });
    expect(again.status).toBe(400);
  });

  test('is not charged when the customer fails it, and not by a stranger', async () => {
    const waiting = await confirmed('pm_card_threeDSecure2Required');
    expect((await customersStep(waiting.id, { client_secret: 'pi_guess' })).status).toBe(401);
    const answer = await customersStep(waiting.id, {
      client_secret: waiting.client_secret ?? '',
      outcome: 'failure',
    });
    expect(answer.status).toBe(200);
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
      latest_charge: null,
    });
  });

  test('is declined when the customer is away', async () => {
    const intent = await stripe.paymentIntents.create(anOrderIntent());
    const away = { payment_method: 'pm_card_authenticationRequired', off_session: true };
    const error = await stripeErrorOf(stripe.paymentIntents.confirm(intent.id, away));
    expect(error).toMatchObject({ type: 'StripeCardError', code: 'authentication_required' });
  });
});

test.each([
  ['success', 'succeeded'],
  ['failure', 'requires_payment_method'],
])('a payment in processing ends by the bank’s %s', async (outcome, status) => {
  const waiting = await confirmed('pm_card_processing');
  expect(waiting.status).toBe('processing');
  await stripe.rawRequest('POST', `/v1/test/payment_intents/${waiting.id}/settle`, { outcome });
  expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({ status });
});

describe('bad input', () => {
  test.each<[string, Record<string, unknown>, string, string | undefined]>([
    ['no amount', { amount: undefined }, 'amount', 'parameter_missing'],
    ['an amount of nothing', { amount: 0 }, 'amount', 'parameter_invalid_integer'],
    ['an amount below the least in its currency', { amount: 49 }, 'amount', 'amount_too_small'],
    ['a broken amount', { amount: 1.5 }, 'amount', 'parameter_invalid_integer'],
    ['an amount of nine digits', { amount: 100_000_000 }, 'amount', 'amount_too_large'],
    ['an unknown currency', { currency: 'zzz' }, 'currency', undefined],
    ['a currency in capitals', { currency: 'EUR' }, 'currency', undefined],
    ['an unknown parameter', { colour: 'red' }, 'colour', 'parameter_unknown'],
    ['an unknown card', { payment_method: 'pm_1Real' }, 'payment_method', 'resource_missing'],
    ['a long metadata value', { metadata: { note: 'x'.repeat(501) } }, 'metadata[note]', undefined],
  ])('%s is refused by name', async (_, fields, param, code) => {
    const error = await stripeErrorOf(
      stripe.paymentIntents.create({ ...anOrderIntent(), ...fields } as Stripe.PaymentIntentCreateParams),
    );
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param });
    if (code) expect(error.code).toBe(code);
  });

  test.each([
    ['eur', 50, '€0.50'],
    ['usd', 50, '$0.50'],
    ['gbp', 30, '£0.30'],
    ['chf', 50, 'CHF'],
  ])('in %s %d is the least that is charged', async (currency, least, said) => {
    const intent = await stripe.paymentIntents.create(anOrderIntent({ currency, amount: least }));
    expect(intent).toMatchObject({ amount: least, currency });
    const tooSmall = await stripeErrorOf(stripe.paymentIntents.update(intent.id, { amount: least - 1 }));
    expect(tooSmall).toMatchObject({ code: 'amount_too_small', param: 'amount' });
    expect(tooSmall.message).toContain(`Amount must be at least ${said}`);
  });

  test('the largest amount of eight digits is taken', async () => {
    expect(await stripe.paymentIntents.create(anOrderIntent({ amount: 99_999_999 }))).toMatchObject({
      amount: 99_999_999,
    });
  });

  test.each([
    ['GET', 'payment_intents'],
    ['POST', 'payment_intents'],
    ['GET', 'refunds'],
    ['GET', 'events'],
  ])('an id that cannot be decoded names nothing: %s /v1/%s is 404', async (method, kind) => {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const answer = await fetch(`${sandbox.url}/v1/${kind}/%E0%A4%A`, { method, headers });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'resource_missing' },
    });
    expect((await fetch(`${sandbox.url}/v1/${kind}/%E0%A4%A`, { method })).status).toBe(401);
  });

  test('a wrong key is 401, an unknown id 404, an unknown address 404', async () => {
    const stranger = stripeAt(sandbox.url, 'sk_test_wrong');
    expect(await stripeErrorOf(stranger.paymentIntents.retrieve('pi_1'))).toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
    });
    expect(await stripeErrorOf(stripe.paymentIntents.retrieve('pi_1'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect(await stripeErrorOf(stripe.customers.list())).toMatchObject({ statusCode: 404 });
  });
});

test('lists come newest first in pages that the SDK walks through', async () => {
  const own = await aSandbox();
  const client = stripeAt(own.url);
  const made: string[] = [];
  for (let i = 0; i < 7; i += 1) {
    made.push((await client.paymentIntents.create(anOrderIntent({ metadata: { order_id: `o-${i}` } }))).id);
  }
  const walked = await client.paymentIntents.list({ limit: 3 }).autoPagingToArray({ limit: 100 });
  expect(walked.map((intent) => intent.id)).toEqual(made.toReversed());
  const found = await client.paymentIntents.search({ query: "metadata['order_id']:'o-4' AND created>5" });
  expect(found.data.map((intent) => intent.id)).toEqual([made[4]]);
  const future = await client.paymentIntents.list({ created: { gt: 4_000_000_000 } });
  expect(future.data).toEqual([]);
  await own.stop();
});
