import type Stripe from 'stripe';
import type { PaymentsSandbox } from './sandbox.ts';
import { anIntent, aSandbox, stripeAt, stripeErrorOf } from './testing.ts';

let sandbox: PaymentsSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await aSandbox();
  stripe = stripeAt(sandbox.url);
});

afterAll(() => sandbox.stop());

const aPaidIntent = async (orderId: string) => {
  const { id } = await stripe.paymentIntents.create(anIntent({ metadata: { order_id: orderId } }));
  return stripe.paymentIntents.confirm(id);
};

test('a charge is refunded in parts, never more than was charged', async () => {
  const paid = await aPaidIntent('refund-parts');
  const part = await stripe.refunds.create({ payment_intent: paid.id, amount: 1000 });
  expect(part).toMatchObject({ status: 'succeeded', amount: 1000, payment_intent: paid.id });
  const tooMuch = await stripeErrorOf(stripe.refunds.create({ payment_intent: paid.id, amount: 3201 }));
  expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' });
  const rest = await stripe.refunds.create({ payment_intent: paid.id });
  expect(rest.amount).toBe(3200);
  const again = await stripeErrorOf(stripe.refunds.create({ payment_intent: paid.id }));
  expect(again).toMatchObject({ code: 'charge_already_refunded' });
  expect(sandbox.ledger('refund-parts').orders['refund-parts']).toEqual({
    charges: 1,
    chargedCents: 4200,
    refundedCents: 4200,
  });
});

test('refunds of an intent are listed, newest first', async () => {
  const [paid, other] = await Promise.all([aPaidIntent('refund-list'), aPaidIntent('refund-other')]);
  const metadata = { attempt_id: 'attempt-1' };
  const first = await stripe.refunds.create({ payment_intent: paid.id, amount: 1, metadata });
  const second = await stripe.refunds.create({ payment_intent: paid.id, amount: 2 });
  await stripe.refunds.create({ payment_intent: other.id });
  const all = await stripe.refunds.list({ payment_intent: paid.id });
  expect(all.data.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(all.data[1]?.metadata).toEqual(metadata);
  const page = await stripe.refunds.list({ payment_intent: paid.id, limit: 1 });
  expect([page.data.length, page.has_more]).toEqual([1, true]);
});

test('an unpaid or unknown intent has nothing to refund', async () => {
  const unpaid = await stripe.paymentIntents.create(anIntent());
  expect(await stripeErrorOf(stripe.refunds.create({ payment_intent: unpaid.id }))).toMatchObject({
    statusCode: 400,
  });
  expect(await stripeErrorOf(stripe.refunds.create({ payment_intent: 'pi_1' }))).toMatchObject({
    code: 'resource_missing',
  });
  expect(await stripeErrorOf(stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
});
