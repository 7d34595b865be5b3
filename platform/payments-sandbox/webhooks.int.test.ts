import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { eventually } from '../../shared/testing/eventually.ts';
import type { PaymentsSandbox } from './sandbox.ts';
import { anOrderIntent, aSandbox, stripeAt } from './testing.ts';

const SECRET = 'whsec_test';
let receiver: Server;
let received: { payload: string; signature: string }[];
let refuseNext: number;
let webhook: { url: string; secret: string };
let dataDir: string;
let sandbox: PaymentsSandbox;
let stripe: Stripe;

beforeEach(async () => {
  received = [];
  refuseNext = 0;
  receiver = createServer(async (request, response) => {
    const payload = Buffer.concat(await request.toArray()).toString();
    const refused = refuseNext > 0;
    if (refused) refuseNext -= 1;
    else received.push({ payload, signature: String(request.headers['stripe-signature']) });
    response.writeHead(refused ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  webhook = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`, secret: SECRET };
  dataDir = await mkdtemp(join(tmpdir(), 'payments-'));
  sandbox = await aSandbox({ dataDir, webhook });
  stripe = stripeAt(sandbox.url);
});

afterEach(async () => {
  await sandbox.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await rm(dataDir, { recursive: true });
});

const pay = () =>
  stripe.paymentIntents.create(anOrderIntent({ confirm: true, payment_method: 'pm_card_visa' }));
const events = () =>
  received.map(({ payload, signature }) => stripe.webhooks.constructEvent(payload, signature, SECRET));
const types = () => events().map((event) => event.type as string);
const PAID = ['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded'];

test('every event is sent with a signature that the SDK accepts, and a forged one is not', async () => {
  const intent = await pay();
  await eventually(() => expect(types().toSorted()).toEqual(PAID));
  const succeeded = events().find((event) => event.type === 'payment_intent.succeeded');
  expect(succeeded).toMatchObject({ data: { object: { id: intent.id, metadata: { order_id: 'order-1' } } } });
  const { payload, signature } = received[0] ?? { payload: '', signature: '' };
  expect(() => stripe.webhooks.constructEvent(`${payload} `, signature, SECRET)).toThrow();
  await eventually(async () => {
    const kept = await stripe.events.list({ type: 'payment_intent.succeeded' });
    expect(kept.data).toMatchObject([{ id: succeeded?.id, pending_webhooks: 0 }]);
  });
});

test('a refused event comes again', async () => {
  refuseNext = 3;
  await pay();
  await eventually(() => expect(types().toSorted()).toEqual(PAID));
});

test('a receiver hears of what it asked for, and the rest counts as done', async () => {
  sandbox.configure({ webhook: { ...webhook, events: ['payment_intent.succeeded'] } });
  await pay();
  await pay();
  await eventually(() => expect(types()).toHaveLength(2));
  expect(new Set(types())).toEqual(new Set(['payment_intent.succeeded']));
  await eventually(async () => {
    const { data } = await stripe.events.list();
    expect(data.map((event) => event.pending_webhooks)).toEqual(data.map(() => 0));
  });
});

test('an event comes twice when told so', async () => {
  sandbox.behave({ duplicateWebhooks: true });
  await pay();
  await eventually(() => expect(types().toSorted()).toEqual([...PAID, ...PAID].toSorted()));
  expect(new Set(events().map((event) => event.id)).size).toBe(3);
});

test('an event told to be late is sent by the next start when this one ends before', async () => {
  sandbox.behave({ webhookDelayMs: 600_000 });
  await pay();
  expect(received).toEqual([]);
  await sandbox.stop();
  sandbox = await aSandbox({ dataDir });
  sandbox.configure({ webhook });
  await eventually(() => expect(types().toSorted()).toEqual(PAID));
});

test('a key set later is the one that counts', async () => {
  sandbox.configure({ apiKey: 'sk_test_later' });
  await expect(pay()).rejects.toMatchObject({ statusCode: 401 });
  await expect(stripeAt(sandbox.url, 'sk_test_later').events.list()).resolves.toMatchObject({ data: [] });
});
