import { randomUUID } from 'node:crypto';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderIn,
  orderOf,
  type Product,
  placeOrder,
  type Stock,
  until,
} from '../../client/shop-actions.ts';
import type { ShopClient, ShopResponse } from '../../client/shop-client.ts';
import type { FaultRule } from '../../platform/aws-endpoint/faults.ts';
import { control, provider, providerFailures } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { chargesOf, intentsOf } from './support/payments.ts';
import { admin } from './support/shop.ts';

/**
 * Retries happen after a visibility timeout (up to 60 s, order-queue.fifo), a lease of a request (30 s) or a claim of an
 * event (20 s). The faults are injected one after the other, the waits run in parallel; each test checks one outcome.
 */
const timeoutMs = 120_000;
const priceCents = 3000;

let adminClient: ShopClient;
let customer: ShopClient;
/** The outcome by fault. */
const outcomes: Record<string, Promise<unknown>> = {};

const aProduct = (): Promise<Product> =>
  addProduct(adminClient, {
    name: `Pan ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: priceCents,
    stock: 10,
  });
const one = ({ productId }: Product) => [{ productId, quantity: 1 }];

/** Waits until the fault was applied to a call. */
const faultApplied = (rule: FaultRule, hits = 1) =>
  until(control.faults, (faults) =>
    faults.some((fault) => fault.function === rule.function && fault.hits >= hits),
  );

/** Delays the next such call of a function, runs `act`, which leads to it, and kills every host during the call. */
async function killDuring<T>(rule: FaultRule, act: () => Promise<T>): Promise<{ acted: Promise<T> }> {
  await control.fault({ ...rule, kind: 'latency', count: 1, latencyMs: 1_500 });
  const acted = act();
  acted.catch(() => {});
  await faultApplied(rule);
  await control.killHosts();
  await control.clearFaults();
  return { acted };
}

/** Runs a service's outbox sweep before each call of `ask`, instead of waiting for its schedule. */
const afterSweep =
  <T>(service: 'orders' | 'payments' | 'users', ask: () => Promise<T>) =>
  async (): Promise<T> => {
    await control.runSchedule(`shop-${service}-local-relay-outbox`);
    return ask();
  };

/** The order succeeded in spite of the fault: one charge, one reservation, one mail. */
async function expectOneOfEach(
  order: Pick<Order, 'id'>,
  product: Product,
  unsentBy?: 'orders' | 'payments',
): Promise<void> {
  const ask = () => customer.call<Order>('GET', `/api/v1/orders/${order.id}`);
  await until(
    unsentBy === undefined ? ask : afterSweep(unsentBy, ask),
    ({ status }) => status === 'paid',
    timeoutMs,
  );
  expect(await chargesOf(order.id)).toEqual([priceCents]);
  await until(
    () => adminClient.call<Stock>('GET', `/api/v1/inventory/${product.productId}`),
    ({ available, warehouses }) => available === 9 && warehouses.every(({ reserved }) => reserved === 0),
    timeoutMs,
  );
  type Page = { items: { orderId?: string; template: string; status: string }[] };
  const { items } = await until(
    () => customer.call<Page>('GET', '/api/v1/notifications?limit=100'),
    (page) => page.items.some(({ orderId, status }) => orderId === order.id && status === 'sent'),
    timeoutMs,
  );
  expect(items.filter(({ orderId }) => orderId === order.id).map(({ template }) => template)).toEqual([
    'order-paid',
  ]);
}

const welcomesTo = (email: string) => async () =>
  (await control.mails()).filter(({ to, subject }) => to.includes(email) && subject === 'Welcome').length;
const expectOneWelcome = (welcomes: () => Promise<number>) =>
  until(welcomes, (count) => count === 1, timeoutMs);

const live = () =>
  adminClient.call<{ completed: number; cancelled: number }>('GET', '/api/v1/analytics/live');

/** The expectation by fault, checked after the last one: until then any request may reach a killed host. */
const expectations: Record<string, () => Promise<unknown>> = {};
const expectLater = (name: string, expectation: () => Promise<unknown>) => {
  expectations[name] = expectation;
};

beforeAll(async () => {
  adminClient = await admin();
  customer = await newCustomer('Kill Survivor');
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
  const [shippedOrder, paidOrder] = await Promise.all(
    [1, 2].map(async () => placeOrder(customer, one(await aProduct()))),
  );
  if (shippedOrder === undefined || paidOrder === undefined) throw new Error('two orders were placed');
  await Promise.all([orderIn(customer, shippedOrder.id, 'paid'), orderIn(customer, paidOrder.id, 'paid')]);
  await adminClient.call('POST', `/api/v1/orders/${shippedOrder.id}/shipment`, {
    body: { carrier: 'DHL', trackingNumber: 'JJD0002' },
  });

  // The provider returns an error for a charge.
  const refused = await aProduct();
  await provider({ failNext: 1 });
  const failedOnce = await placeOrder(customer, one(refused));
  await until(providerFailures, (left) => left === 0);
  expectLater('provider', () => expectOneOfEach(failedOnce, refused));

  // The host dies during a charge: the provider has the payment, our database does not.
  const charged = await aProduct();
  await provider({ latencyMs: 1_200 });
  const charging = await placeOrder(customer, one(charged));
  await until(
    () => intentsOf(charging.id),
    (intents) => intents > 0,
  );
  await control.killHosts();
  await provider(undefined);
  expectLater('charging', () => expectOneOfEach(charging, charged));

  // The host dies while an order is placed: only the started request is stored.
  const cutOffProduct = await aProduct();
  const key = randomUUID();
  const send = () =>
    customer.send<Order>('POST', '/api/v1/orders', { body: orderOf(one(cutOffProduct)), key });
  const placing = await killDuring(
    { kind: 'latency', service: 'lambda', function: 'shop-orders-local-place-order' },
    send,
  );
  const cutOff = await placing.acted;
  expectLater('cut off', async () => cutOff);
  // The client retries with its key.
  expectLater('placing', async () => {
    const { body } = await until(send, ({ status }) => status === 201, timeoutMs);
    await expectOneOfEach(body, cutOffProduct);
  });

  // The host dies while the reservation of a paid order is confirmed.
  const sold = await aProduct();
  // The kill may also interrupt the response to the order, which the client then retries with the same key.
  const soldKey = randomUUID();
  const sendSold = () =>
    customer.send<Order>('POST', '/api/v1/orders', { body: orderOf(one(sold)), key: soldKey });
  const confirming = await killDuring(
    {
      kind: 'latency',
      service: 'dynamodb',
      action: 'TransactWriteItems',
      function: 'shop-products-local-on-order-event',
    },
    () => until(sendSold, ({ status }) => status === 201, timeoutMs),
  );
  const { body: committed } = await confirming.acted;
  expectLater('confirming', () => expectOneOfEach(committed, sold));

  // Events cannot be published: SNS fails after the commit.
  const unsent = await aProduct();
  const before = await live();
  for (const writer of [
    'orders-local-place-order',
    'orders-local-complete-order',
    'orders-local-cancel-order',
  ])
    await control.fault({ service: 'sns', kind: 'error', function: `shop-${writer}` });
  await control.fault({ service: 'sns', kind: 'error', function: 'shop-users-local-create-user' });
  const [unpublished, stranger] = await Promise.all([
    placeOrder(customer, one(unsent)),
    newCustomer('Sns Fails'),
    adminClient.call('POST', `/api/v1/orders/${shippedOrder.id}/completion`),
    customer.call('POST', `/api/v1/orders/${paidOrder.id}/cancellation`),
  ]);
  await control.clearFaults();
  expectLater('publishing', () => expectOneOfEach(unpublished, unsent, 'orders'));
  expectLater('announcing', () => expectOneWelcome(afterSweep('users', welcomesTo(stranger.email))));
  expectLater('completing', () =>
    until(afterSweep('orders', live), ({ completed }) => completed > before.completed, timeoutMs),
  );
  expectLater('giving up', async () => {
    const charges = afterSweep('orders', () => chargesOf(paidOrder.id));
    await until(charges, (cents) => cents.join() === '0', timeoutMs);
    await until(live, ({ cancelled }) => cancelled > before.cancelled, timeoutMs);
  });

  // The card is charged and SNS fails; the webhook arrives too late to help.
  const earned = await aProduct();
  await provider({ webhookDelayMs: 30_000 });
  const paymentEvents = {
    service: 'sns',
    kind: 'error',
    function: 'shop-payments-local-on-order-event',
  } as const;
  await control.fault(paymentEvents);
  const unpublishedPayment = await placeOrder(customer, one(earned));
  // The SDK's attempts; then the sweep publishes the event.
  await faultApplied(paymentEvents, 3);
  await provider(undefined);
  expectLater('payment event', () => expectOneOfEach(unpublishedPayment, earned, 'payments'));

  // SES fails twice.
  const mailing = {
    service: 'ses',
    kind: 'error',
    function: 'shop-notifications-local-on-customer-event',
  } as const;
  await control.fault({ ...mailing, count: 2 });
  const unmailed = await newCustomer('Ses Fails');
  await faultApplied(mailing, 2);
  await control.clearFaults();
  expectLater('mailing', () => expectOneWelcome(welcomesTo(unmailed.email)));

  for (const [name, expectation] of Object.entries(expectations)) {
    outcomes[name] = expectation();
    // The test reports a failure, not the process.
    outcomes[name].catch(() => {});
  }
}, 90_000);

afterAll(async () => {
  await Promise.allSettled(Object.values(outcomes));
  await Promise.all([control.clearFaults(), provider(undefined)]);
});

describe('an order is paid once, with one mail,', () => {
  test.each([
    ['when every host is killed while it is placed', 'placing'],
    ['when every host is killed while its card is charged', 'charging'],
    ['when every host is killed while its reservation is confirmed', 'confirming'],
    ['when the payment provider fails once', 'provider'],
    ['when its event cannot be published at first', 'publishing'],
    ['when the event of its payment cannot be published at first', 'payment event'],
  ])('%s', (_, name) => expect(outcomes[name]).resolves.not.toBeNull(), timeoutMs);
});

describe('an event that cannot be published at first', () => {
  test.each([
    ['is counted later: a completed order', 'completing'],
    ['leads to a refund later: a cancelled order', 'giving up'],
  ])('%s', (_, name) => expect(outcomes[name]).resolves.not.toBeNull(), timeoutMs);
});

describe('a customer gets one welcome mail', () => {
  test.each([
    ['although SES fails at first', 'mailing'],
    ['although the registration cannot be published at first', 'announcing'],
  ])('%s', (_, name) => expect(outcomes[name]).resolves.not.toBeNull(), timeoutMs);
});

test('a request on a killed host returns 502, and the next one succeeds', async () => {
  // A response of API Gateway: its template does not know the status.
  const { status, body } = (await outcomes['cut off']) as ShopResponse<object>;
  expect([status, body]).toEqual([502, expect.objectContaining({ code: 'INTERNAL' })]);
  expect(body).not.toHaveProperty('status');
  const placed = await placeOrder(customer, one(await aProduct()));
  await orderIn(customer, placed.id, 'paid');
});
