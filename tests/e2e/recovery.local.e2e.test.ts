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
import { chargesOf, intentsOf } from './support/payments.ts';
import { admin, visitor } from './support/shop.ts';

/**
 * What comes back by itself: messages after their visibility timeout (up to 60 s, order-queue.fifo), requests after
 * their lease (30 s), events after their claim (20 s). The disturbances come one after the other, the waits pass side
 * by side; each test says how one of them ended.
 */
const patienceMs = 120_000;
const priceCents = 3000;

let boss: ShopClient;
let customer: ShopClient;
/** By disturbance, how it ends. */
const endings: Record<string, Promise<unknown>> = {};

const aProduct = (): Promise<Product> =>
  addProduct(boss, {
    name: `Pan ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: priceCents,
    stock: 10,
  });
const one = ({ productId }: Product) => [{ productId, quantity: 1 }];

/** Waits until a call has met the fault. */
const struck = (rule: FaultRule, hits = 1) =>
  until(control.faults, (faults) =>
    faults.some((fault) => fault.function === rule.function && fault.hits >= hits),
  );

/** Makes the next such call of a function slow, does something that leads to it, and kills every host in between. */
async function killDuring<T>(rule: FaultRule, act: () => Promise<T>): Promise<{ acted: Promise<T> }> {
  await control.fault({ ...rule, kind: 'latency', count: 1, latencyMs: 1_500 });
  const acted = act();
  acted.catch(() => {});
  await struck(rule);
  await control.killHosts();
  await control.clearFaults();
  return { acted };
}

/** Asks, with what a service could not publish swept before each time: the schedule's next minute may be long. */
const swept =
  <T>(service: 'orders' | 'payments' | 'users', ask: () => Promise<T>) =>
  async (): Promise<T> => {
    await control.runSchedule(`shop-${service}-local-relay-outbox`);
    return ask();
  };

/** The order ended as if nothing had happened: paid once, held and sold once, told once. */
async function expectOneOfEach(
  order: Pick<Order, 'id'>,
  product: Product,
  unsentBy?: 'orders' | 'payments',
): Promise<void> {
  const ask = () => customer.call<Order>('GET', `/api/v1/orders/${order.id}`);
  await until(
    unsentBy === undefined ? ask : swept(unsentBy, ask),
    ({ status }) => status === 'paid',
    patienceMs,
  );
  expect(await chargesOf(order.id)).toEqual([priceCents]);
  await until(
    () => boss.call<Stock>('GET', `/api/v1/inventory/${product.productId}`),
    ({ available, warehouses }) => available === 9 && warehouses.every(({ reserved }) => reserved === 0),
    patienceMs,
  );
  type Page = { items: { orderId?: string; template: string; status: string }[] };
  const { items } = await until(
    () => customer.call<Page>('GET', '/api/v1/notifications?limit=100'),
    (page) => page.items.some(({ orderId, status }) => orderId === order.id && status === 'sent'),
    patienceMs,
  );
  expect(items.filter(({ orderId }) => orderId === order.id).map(({ template }) => template)).toEqual([
    'order-paid',
  ]);
}

const welcomesTo = (email: string) => async () =>
  (await control.mails()).filter(({ to, subject }) => to.includes(email) && subject === 'Welcome').length;
const expectOneWelcome = (welcomes: () => Promise<number>) =>
  until(welcomes, (count) => count === 1, patienceMs);

const live = () => boss.call<{ completed: number; cancelled: number }>('GET', '/api/v1/analytics/live');

/** By disturbance, what to look for when the last one is over: until then any request may meet a killed host. */
const expectations: Record<string, () => Promise<unknown>> = {};
const ends = (name: string, expectation: () => Promise<unknown>) => {
  expectations[name] = expectation;
};

beforeAll(async () => {
  boss = await admin();
  customer = await visitor().register('Kill Survivor');
  await ensureCategory(boss, 'kitchen', 'Kitchen');
  const [unclosed, unwanted] = await Promise.all(
    [1, 2].map(async () => placeOrder(customer, one(await aProduct()))),
  );
  if (unclosed === undefined || unwanted === undefined) throw new Error('two orders were placed');
  await Promise.all([orderIn(customer, unclosed.id, 'paid'), orderIn(customer, unwanted.id, 'paid')]);
  await boss.call('POST', `/api/v1/orders/${unclosed.id}/shipment`, {
    body: { carrier: 'DHL', trackingNumber: 'JJD0002' },
  });

  // The provider answers a charge with an error.
  const refused = await aProduct();
  await provider({ failNext: 1 });
  const failedOnce = await placeOrder(customer, one(refused));
  await until(providerFailures, (left) => left === 0);
  ends('provider', () => expectOneOfEach(failedOnce, refused));

  // The host dies while a card is charged: the provider knows of the payment, nothing of it is written here.
  const charged = await aProduct();
  await provider({ latencyMs: 1_200 });
  const charging = await placeOrder(customer, one(charged));
  await until(
    () => intentsOf(charging.id),
    (intents) => intents > 0,
  );
  await control.killHosts();
  await provider(undefined);
  ends('charging', () => expectOneOfEach(charging, charged));

  // The host dies while an order is placed: nothing is written but the started request.
  const held = await aProduct();
  const key = randomUUID();
  const send = () => customer.send<Order>('POST', '/api/v1/orders', { body: orderOf(one(held)), key });
  const placing = await killDuring(
    { kind: 'latency', service: 'lambda', function: 'shop-orders-local-place-order' },
    send,
  );
  const cutOff = await placing.acted;
  ends('cut off', async () => cutOff);
  // The client comes again with its key, as it should.
  ends('placing', async () => {
    const { body } = await until(send, ({ status }) => status === 201, patienceMs);
    await expectOneOfEach(body, held);
  });

  // The host dies while the stock of a paid order is committed.
  const sold = await aProduct();
  // The kill may still meet the answer of the order itself, which a customer then asks for again with the same key.
  const soldKey = randomUUID();
  const sendSold = () =>
    customer.send<Order>('POST', '/api/v1/orders', { body: orderOf(one(sold)), key: soldKey });
  const committing = await killDuring(
    {
      kind: 'latency',
      service: 'dynamodb',
      action: 'TransactWriteItems',
      function: 'shop-products-local-on-order-event',
    },
    () => until(sendSold, ({ status }) => status === 201, patienceMs),
  );
  const { body: committed } = await committing.acted;
  ends('committing', () => expectOneOfEach(committed, sold));

  // Events cannot be published: SNS fails after the commit.
  const unsent = await aProduct();
  const before = await live();
  for (const writer of [
    'orders-local-place-order',
    'orders-local-complete-order',
    'orders-local-cancel-order',
  ])
    await control.fault({ service: 'sns', kind: 'error', function: `shop-${writer}` });
  await control.fault({ service: 'sns', kind: 'error', function: 'shop-users-local-register' });
  const [unannounced, stranger] = await Promise.all([
    placeOrder(customer, one(unsent)),
    visitor().register('Sns Fails'),
    boss.call('POST', `/api/v1/orders/${unclosed.id}/completion`),
    customer.call('POST', `/api/v1/orders/${unwanted.id}/cancellation`),
  ]);
  await control.clearFaults();
  ends('publishing', () => expectOneOfEach(unannounced, unsent, 'orders'));
  ends('announcing', () => expectOneWelcome(swept('users', welcomesTo(stranger.email))));
  ends('completing', () =>
    until(swept('orders', live), ({ completed }) => completed > before.completed, patienceMs),
  );
  ends('giving up', async () => {
    const kept = swept('orders', () => chargesOf(unwanted.id));
    await until(kept, (charges) => charges.join() === '0', patienceMs);
    await until(live, ({ cancelled }) => cancelled > before.cancelled, patienceMs);
  });

  // The money is taken, and SNS does not let us tell; the provider's own notice comes too late to help.
  const earned = await aProduct();
  await provider({ webhookDelayMs: 30_000 });
  const telling = { service: 'sns', kind: 'error', function: 'shop-payments-local-on-order-event' } as const;
  await control.fault(telling);
  const untold = await placeOrder(customer, one(earned));
  // As often as the SDK tries before it leaves the event to the sweep.
  await struck(telling, 3);
  await provider(undefined);
  ends('telling', () => expectOneOfEach(untold, earned, 'payments'));

  // SES fails, and fails again when it is tried anew.
  const mailing = {
    service: 'ses',
    kind: 'error',
    function: 'shop-notifications-local-on-customer-event',
  } as const;
  await control.fault({ ...mailing, count: 2 });
  const unmailed = await visitor().register('Ses Fails');
  await struck(mailing, 2);
  await control.clearFaults();
  ends('mailing', () => expectOneWelcome(welcomesTo(unmailed.email)));

  for (const [name, expectation] of Object.entries(expectations)) {
    endings[name] = expectation();
    // A failure is its test's, not the process's.
    endings[name].catch(() => {});
  }
}, 90_000);

afterAll(async () => {
  await Promise.allSettled(Object.values(endings));
  await Promise.all([control.clearFaults(), provider(undefined)]);
});

describe('an order ends right, paid once and told once,', () => {
  test.each([
    ['when every host is killed while it is placed', 'placing'],
    ['when every host is killed while its card is charged', 'charging'],
    ['when every host is killed while its stock is committed', 'committing'],
    ['when the payment provider fails once', 'provider'],
    ['when its event cannot be published at first', 'publishing'],
    ['when the word of its payment cannot be published at first', 'telling'],
  ])('%s', (_, name) => expect(endings[name]).resolves.not.toBeNull(), patienceMs);
});

describe('what cannot be published at first', () => {
  test.each([
    ['is counted in the end: a completed order', 'completing'],
    ['gives the money back in the end: a cancelled order', 'giving up'],
  ])('%s', (_, name) => expect(endings[name]).resolves.not.toBeNull(), patienceMs);
});

describe('a customer is welcomed once', () => {
  test.each([
    ['although SES fails at first', 'mailing'],
    ['although the registration cannot be published at first', 'announcing'],
  ])('%s', (_, name) => expect(endings[name]).resolves.not.toBeNull(), patienceMs);
});

test('a request that a killed host was answering is 502, and the next one is answered', async () => {
  // API Gateway's own answer: its body names no status, as its template is not told that it is 502.
  const { status, body } = (await endings['cut off']) as ShopResponse<object>;
  expect([status, body]).toEqual([502, expect.objectContaining({ code: 'INTERNAL' })]);
  expect(body).not.toHaveProperty('status');
  const placed = await placeOrder(customer, one(await aProduct()));
  await orderIn(customer, placed.id, 'paid');
});
