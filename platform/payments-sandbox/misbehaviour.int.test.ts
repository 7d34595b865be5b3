import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { withSecret } from '../local-access/local-access.ts';
import type { PaymentsSandbox } from './sandbox.ts';
import { anIntent, aSandbox, stripeAt, stripeErrorOf } from './testing.ts';

let dataDir: string;
let sandbox: PaymentsSandbox;
let stripe: Stripe;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payments-'));
  sandbox = await aSandbox({ dataDir });
  stripe = stripeAt(sandbox.url);
});

afterEach(async () => {
  await sandbox.stop();
  await rm(dataDir, { recursive: true });
});

const restart = async () => {
  await sandbox.stop();
  sandbox = await aSandbox({ dataDir });
  stripe = stripeAt(sandbox.url);
};

const anUnpaidIntent = async () => (await stripe.paymentIntents.create(anIntent())).id;
const charges = () => sandbox.ledger('order-1').orders['order-1']?.charges ?? 0;
const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    headers: withSecret(sandbox.controlSecret),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

describe('an idempotency key', () => {
  const options = { idempotencyKey: 'attempt-1' };

  test('returns the same response again and creates one intent', async () => {
    const first = await stripe.paymentIntents.create(anIntent(), options);
    const second = await stripe.paymentIntents.create(anIntent(), options);
    expect(second).toEqual(first);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
    });
    expect(sandbox.ledger().paymentIntents).toHaveLength(1);
  });

  test('stores a decline too', async () => {
    const declined = anIntent({ payment_method: 'pm_card_chargeDeclined' });
    const { id } = await stripe.paymentIntents.create(declined);
    const first = await stripeErrorOf(stripe.paymentIntents.confirm(id, {}, options));
    const second = await stripeErrorOf(stripe.paymentIntents.confirm(id, {}, options));
    expect(second).toMatchObject({ code: 'card_declined', charge: first.charge });
    expect(sandbox.ledger().charges).toHaveLength(1);
  });

  test('is refused for other parameters and for another path', async () => {
    const intent = await stripe.paymentIntents.create(anIntent(), options);
    const other = await stripeErrorOf(stripe.paymentIntents.create(anIntent({ amount: 100 }), options));
    expect(other).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
    const otherPath = await stripeErrorOf(stripe.paymentIntents.cancel(intent.id, {}, options));
    expect(otherPath).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  });

  test('is not consumed by an invalid request', async () => {
    await stripeErrorOf(stripe.paymentIntents.create(anIntent({ amount: 0 }), options));
    expect(await stripe.paymentIntents.create(anIntent(), options)).toMatchObject({ amount: 4200 });
  });

  test('lets one of ten concurrent requests pass', async () => {
    const id = await anUnpaidIntent();
    // Long enough for ten connections on a busy machine: a later request would get the stored response.
    sandbox.changeBehaviour({ latencyMs: 1_000 });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => stripe.paymentIntents.confirm(id, {}, options)),
    );
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(9);
    for (const error of refused)
      expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    expect(charges()).toBe(1);
  });

  test('survives a restart, and expires on request', async () => {
    const first = await stripe.paymentIntents.create(anIntent(), options);
    await restart();
    expect((await stripe.paymentIntents.create(anIntent(), options)).id).toBe(first.id);
    expect((await control('POST', 'behaviour', { expireKeys: true })).status).toBe(200);
    const second = await stripe.paymentIntents.create(anIntent(), options);
    expect(second.id).not.toBe(first.id);
    await restart();
    expect((await stripe.paymentIntents.create(anIntent(), options)).id).toBe(second.id);
  });
});

describe('misbehaviour', () => {
  test('fails the next requests without effect', async () => {
    const id = await anUnpaidIntent();
    await control('POST', 'behaviour', { failNext: 2 });
    for (let i = 0; i < 2; i += 1)
      expect(await stripeErrorOf(stripe.paymentIntents.confirm(id))).toMatchObject({ statusCode: 500 });
    expect(charges()).toBe(0);
    expect(await stripe.paymentIntents.confirm(id)).toMatchObject({ status: 'succeeded' });
  });

  test('charges without a response, and the same key then returns the result', async () => {
    const id = await anUnpaidIntent();
    sandbox.changeBehaviour({ timeoutAfterCharge: 1 });
    const options = { idempotencyKey: 'lost' };
    const impatient = stripeAt(sandbox.url, undefined, 200);
    const error = await stripeErrorOf(impatient.paymentIntents.confirm(id, {}, options));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(charges()).toBe(1);
    expect(await stripe.paymentIntents.confirm(id, {}, options)).toMatchObject({ status: 'succeeded' });
    expect(charges()).toBe(1);
  });

  test('is reset by DELETE, and unknown fields and routes are refused', async () => {
    await control('POST', 'behaviour', { latencyMs: 60_000, failNext: 9 });
    expect(await (await control('DELETE', 'behaviour')).json()).toMatchObject({ latencyMs: 0, failNext: 0 });
    expect((await control('POST', 'behaviour', { latency: 1 })).status).toBe(400);
    expect((await control('POST', 'behaviour')).status).toBe(400);
    expect((await control('POST', 'elsewhere', {})).status).toBe(404);
    expect(await stripe.paymentIntents.create(anIntent())).toMatchObject({ amount: 4200 });
  });
});

test('the ledger survives the process, even if it ended in the middle of a line', async () => {
  const pay = async () => (await stripe.paymentIntents.confirm(await anUnpaidIntent())).id;
  await stripe.refunds.create({ payment_intent: await pay(), amount: 200 });
  const unpaid = await anUnpaidIntent();
  const before = await (await control('GET', 'ledger?order_id=order-1')).json();
  await stripe.paymentIntents.confirm(unpaid);
  const path = join(dataDir, 'ledger.jsonl');
  await sandbox.stop();
  await truncate(path, (await stat(path)).size - 10);
  await restart();
  expect(await (await control('GET', 'ledger?order_id=order-1')).json()).toEqual(before);
  await pay();
  await restart();
  expect(charges()).toBe(2);
});
