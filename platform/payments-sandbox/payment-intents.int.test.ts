import type Stripe from 'stripe';
import { converse } from './conversation.ts';
import type { PaymentsSandbox } from './sandbox.ts';
import { anIntent, aSandbox, stripeAt, stripeErrorOf, testApiKey } from './testing.ts';

let sandbox: PaymentsSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await aSandbox();
  stripe = stripeAt(sandbox.url);
});

afterAll(() => sandbox.stop());

const confirmed = async (payment_method: string, metadata = {}) => {
  const intent = await stripe.paymentIntents.create(anIntent({ payment_method, metadata }));
  return stripe.paymentIntents.confirm(intent.id);
};

const authenticate = (id: string, form: Record<string, string>) =>
  fetch(`${sandbox.url}/v1/test/payment_intents/${id}/authenticate`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });

test('every request that the shop sends is accepted', async () => {
  const refused = (await converse(stripe)).filter((step) => step.refusal);
  expect(refused).toEqual([]);
});

describe('a PaymentIntent', () => {
  test('is charged once when it is confirmed', async () => {
    const metadata = { order_id: 'order-paid' };
    const created = await stripe.paymentIntents.create(anIntent({ metadata }));
    expect(created).toMatchObject({ status: 'requires_confirmation', latest_charge: null });
    expect(sandbox.ledger('order-paid').orders).toEqual({});
    const paid = await stripe.paymentIntents.confirm(created.id);
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 4200, metadata });
    expect(sandbox.ledger('order-paid')).toMatchObject({
      charges: [{ id: paid.latest_charge, amount: 4200, paid: true }],
      orders: { 'order-paid': { charges: 1, chargedCents: 4200, refundedCents: 0 } },
    });
  });

  test('is refused a second confirmation once paid', async () => {
    const paid = await confirmed('pm_card_visa', { order_id: 'order-twice' });
    const error = await stripeErrorOf(stripe.paymentIntents.confirm(paid.id));
    expect(error).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: paid.id, status: 'succeeded' },
    });
    expect(sandbox.ledger('order-twice').charges).toHaveLength(1);
  });

  test('can be canceled once while unpaid, and not after it is paid', async () => {
    const intent = await stripe.paymentIntents.create(anIntent());
    expect(await stripe.paymentIntents.cancel(intent.id)).toMatchObject({ status: 'canceled' });
    const paid = await confirmed('pm_card_visa');
    for (const refused of [
      stripe.paymentIntents.cancel(intent.id),
      stripe.paymentIntents.confirm(intent.id),
      stripe.paymentIntents.cancel(paid.id),
    ])
      expect(await stripeErrorOf(refused)).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  test('of a bank debit stays in processing', async () => {
    expect(await confirmed('pm_card_processing')).toMatchObject({ status: 'processing' });
  });
});

test.each([
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
])('the declined card %s returns 402 with %s and %s', async (card, code, declineCode) => {
  const error = await stripeErrorOf(confirmed(card, { order_id: card }));
  expect(error).toMatchObject({
    type: 'StripeCardError',
    statusCode: 402,
    code,
    decline_code: declineCode,
    payment_intent: {
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code, decline_code: declineCode },
    },
  });
  expect(sandbox.ledger(card)).toMatchObject({ charges: [{ status: 'failed', paid: false }], orders: {} });
});

describe('a card that requires authentication', () => {
  test('is charged after the customer passes it with nothing but the client secret', async () => {
    const waiting = await confirmed('pm_card_authenticationRequired');
    expect(waiting).toMatchObject({ status: 'requires_action' });
    const form = { client_secret: waiting.client_secret ?? '' };
    expect((await authenticate(waiting.id, form)).status).toBe(200);
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({ status: 'succeeded' });
    expect((await authenticate(waiting.id, form)).status).toBe(400);
  });

  test('is not charged when the customer fails it, nor with another secret', async () => {
    const waiting = await confirmed('pm_card_threeDSecure2Required');
    expect((await authenticate(waiting.id, { client_secret: 'pi_guess' })).status).toBe(401);
    const form = { client_secret: waiting.client_secret ?? '', outcome: 'failure' };
    expect((await authenticate(waiting.id, form)).status).toBe(200);
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
      latest_charge: null,
    });
  });
});

describe('invalid input', () => {
  test.each<[string, Record<string, unknown>, string, string | undefined]>([
    ['a missing amount', { amount: undefined }, 'amount', 'parameter_missing'],
    ['an amount of zero', { amount: 0 }, 'amount', 'parameter_invalid_integer'],
    ['an amount below the minimum', { amount: 49 }, 'amount', 'amount_too_small'],
    ['a fractional amount', { amount: 1.5 }, 'amount', 'parameter_invalid_integer'],
    ['an amount of nine digits', { amount: 100_000_000 }, 'amount', 'amount_too_large'],
    ['an unknown currency', { currency: 'zzz' }, 'currency', undefined],
    ['a currency in capitals', { currency: 'EUR' }, 'currency', undefined],
    ['an unknown parameter', { colour: 'red' }, 'colour', 'parameter_unknown'],
    ['a missing card', { payment_method: undefined }, 'payment_method', 'parameter_missing'],
    ['an unknown card', { payment_method: 'pm_1Real' }, 'payment_method', 'resource_missing'],
    ['a long metadata value', { metadata: { note: 'x'.repeat(501) } }, 'metadata[note]', undefined],
    [
      'a payment method that redirects',
      { automatic_payment_methods: { enabled: true } },
      'automatic_payment_methods[allow_redirects]',
      'parameter_missing',
    ],
  ])('%s is refused with the name of the parameter', async (_, fields, param, code) => {
    const error = await stripeErrorOf(
      stripe.paymentIntents.create({ ...anIntent(), ...fields } as Stripe.PaymentIntentCreateParams),
    );
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param });
    expect(error.code).toBe(code);
  });

  test.each([
    ['eur', 50, '€0.50'],
    ['usd', 50, '$0.50'],
    ['gbp', 30, '£0.30'],
    ['chf', 50, 'CHF'],
  ])('in %s the minimum is %d', async (currency, min, text) => {
    const intent = await stripe.paymentIntents.create(anIntent({ currency, amount: min }));
    expect(intent).toMatchObject({ amount: min, currency });
    const tooSmall = await stripeErrorOf(
      stripe.paymentIntents.create(anIntent({ currency, amount: min - 1 })),
    );
    expect(tooSmall).toMatchObject({ code: 'amount_too_small', param: 'amount' });
    expect(tooSmall.message).toContain(`Amount must be at least ${text}`);
  });

  test('the largest amount of eight digits is accepted', async () => {
    const intent = await stripe.paymentIntents.create(anIntent({ amount: 99_999_999 }));
    expect(intent).toMatchObject({ amount: 99_999_999 });
  });

  test('a path that cannot be decoded is 404 with the key, 401 without', async () => {
    const url = `${sandbox.url}/v1/payment_intents/%E0%A4%A`;
    const headers = { authorization: `Bearer ${testApiKey}` };
    const response = await fetch(url, { headers });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'resource_missing' } });
    expect((await fetch(url)).status).toBe(401);
  });

  test('a wrong key is 401, an unknown id 404, an unknown path 404', async () => {
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
