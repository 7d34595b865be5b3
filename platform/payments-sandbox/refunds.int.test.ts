import type Stripe from 'stripe';
import type { PaymentsSandbox } from './sandbox.ts';
import { anOrderIntent, aSandbox, stripeAt, stripeErrorOf } from './testing.ts';

let sandbox: PaymentsSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await aSandbox();
  stripe = stripeAt(sandbox.url);
});

afterAll(() => sandbox.stop());

const aPaidIntent = (orderId: string) =>
  stripe.paymentIntents.create(
    anOrderIntent({ confirm: true, payment_method: 'pm_card_visa', metadata: { order_id: orderId } }),
  );

test('a charge is given back in parts, never more than it took', async () => {
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

test('the balance has a movement for the charge and one for each refund', async () => {
  const paid = await aPaidIntent('refund-balance');
  const refund = await stripe.refunds.create({ payment_intent: paid.id, metadata: { refund_id: 'r-1' } });
  const movements = await stripe.balanceTransactions.list({ expand: ['data.source'], limit: 2 });
  expect(movements.data).toMatchObject([
    { type: 'refund', amount: -4200, fee: 0, source: { id: refund.id, metadata: { refund_id: 'r-1' } } },
    { type: 'charge', amount: 4200, source: { id: paid.latest_charge, payment_intent: paid.id } },
  ]);
});

test('refunds are found by intent, read, and changed in their metadata alone', async () => {
  const paid = await aPaidIntent('refund-found');
  const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 1 });
  const listed = await stripe.refunds.list({ payment_intent: paid.id });
  expect(listed.data.map((each) => each.id)).toEqual([refund.id]);
  await stripe.refunds.update(refund.id, { metadata: { seen: 'yes' } });
  expect((await stripe.refunds.retrieve(refund.id)).metadata).toEqual({ seen: 'yes' });
});

test('an unpaid or unknown intent has nothing to refund', async () => {
  const unpaid = await stripe.paymentIntents.create(anOrderIntent());
  expect(await stripeErrorOf(stripe.refunds.create({ payment_intent: unpaid.id }))).toMatchObject({
    statusCode: 400,
  });
  expect(await stripeErrorOf(stripe.refunds.create({ payment_intent: 'pi_1' }))).toMatchObject({
    code: 'resource_missing',
  });
  expect(await stripeErrorOf(stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
});
