import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import type { PaymentsSandbox } from './sandbox.ts';
import { anOrderIntent, aSandbox, stripeAt, stripeErrorOf } from './testing.ts';

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

const paying = anOrderIntent({ confirm: true, payment_method: 'pm_card_visa' });
const charges = () => sandbox.ledger('order-1').orders['order-1']?.charges ?? 0;
const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.url}/_sandbox/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });

describe('an idempotency key', () => {
  const options = { idempotencyKey: 'attempt-1' };

  test('gives the same answer again and charges once', async () => {
    const first = await stripe.paymentIntents.create(paying, options);
    const second = await stripe.paymentIntents.create(paying, options);
    expect(second).toEqual(first);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
    });
    expect(charges()).toBe(1);
  });

  test('keeps a decline as well', async () => {
    const declined = { ...paying, payment_method: 'pm_card_chargeDeclined' };
    const first = await stripeErrorOf(stripe.paymentIntents.create(declined, options));
    const second = await stripeErrorOf(stripe.paymentIntents.create(declined, options));
    expect(second).toMatchObject({ code: 'card_declined', charge: first.charge });
    expect(sandbox.ledger().charges).toHaveLength(1);
  });

  test('is refused to other parameters and to another address', async () => {
    const intent = await stripe.paymentIntents.create(anOrderIntent(), options);
    const other = await stripeErrorOf(stripe.paymentIntents.create(anOrderIntent({ amount: 1 }), options));
    expect(other).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
    const elsewhere = await stripeErrorOf(stripe.paymentIntents.cancel(intent.id, {}, options));
    expect(elsewhere).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  });

  test('is not spent by a request that was never valid', async () => {
    await stripeErrorOf(stripe.paymentIntents.create(anOrderIntent({ amount: 0 }), options));
    expect(await stripe.paymentIntents.create(paying, options)).toMatchObject({ status: 'succeeded' });
  });

  test('of ten requests at once lets one through', async () => {
    sandbox.behave({ latencyMs: 50 });
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () => stripe.paymentIntents.create(paying, options)),
    );
    const refused = answers.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(9);
    for (const error of refused)
      expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    expect(charges()).toBe(1);
  });

  test('survives a restart, and is forgotten on request', async () => {
    const first = await stripe.paymentIntents.create(paying, options);
    await restart();
    expect((await stripe.paymentIntents.create(paying, options)).id).toBe(first.id);
    expect((await control('POST', 'behaviour', { forgetKeys: true })).status).toBe(200);
    expect((await stripe.paymentIntents.create(paying, options)).id).not.toBe(first.id);
    await restart();
    expect(charges()).toBe(2);
  });
});

describe('told to misbehave', () => {
  test('it fails the next requests without effect', async () => {
    await control('POST', 'behaviour', { failNext: 2 });
    for (let i = 0; i < 2; i += 1) {
      expect(await stripeErrorOf(stripe.paymentIntents.create(paying))).toMatchObject({ statusCode: 500 });
    }
    expect(charges()).toBe(0);
    expect(await stripe.paymentIntents.create(paying)).toMatchObject({ status: 'succeeded' });
  });

  test('it charges and never answers, and the same key then tells how it went', async () => {
    sandbox.behave({ timeoutAfterCharge: 1 });
    const options = { idempotencyKey: 'lost' };
    const impatient = stripeAt(sandbox.url, undefined, 200);
    const error = await stripeErrorOf(impatient.paymentIntents.create(paying, options));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(charges()).toBe(1);
    expect(await stripe.paymentIntents.create(paying, options)).toMatchObject({ status: 'succeeded' });
    expect(charges()).toBe(1);
  });

  test('it stops when told, and refuses orders it does not know', async () => {
    await control('POST', 'behaviour', { latencyMs: 60_000, failNext: 9 });
    expect(await (await control('DELETE', 'behaviour')).json()).toMatchObject({ latencyMs: 0, failNext: 0 });
    expect((await control('POST', 'behaviour', { latency: 1 })).status).toBe(400);
    expect((await control('POST', 'elsewhere', {})).status).toBe(404);
    expect(await stripe.paymentIntents.create(paying)).toMatchObject({ status: 'succeeded' });
  });
});

test('the books outlive the process, also when it died in the middle of a line', async () => {
  const paid = await stripe.paymentIntents.create(paying);
  await stripe.refunds.create({ payment_intent: paid.id, amount: 200 });
  const before = await (await control('GET', 'ledger?order_id=order-1')).json();
  await stripe.paymentIntents.create(paying);
  const path = join(dataDir, 'ledger.jsonl');
  await sandbox.stop();
  await truncate(path, (await stat(path)).size - 10);
  await restart();
  expect(await (await control('GET', 'ledger?order_id=order-1')).json()).toEqual(before);
  await stripe.paymentIntents.create(paying);
  await restart();
  expect(charges()).toBe(2);
});
