import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { eventually } from '../../shared/testing/eventually.ts';
import type { PaymentsSandbox } from './sandbox.ts';
import { anIntent, aSandbox, stripeAt } from './testing.ts';

const secret = 'whsec_test';
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
  webhook = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`, secret };
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

const pay = async () => {
  const { id } = await stripe.paymentIntents.create(anIntent());
  return stripe.paymentIntents.confirm(id);
};
const events = () =>
  received.map(({ payload, signature }) => stripe.webhooks.constructEvent(payload, signature, secret));
const types = () => events().map((event) => event.type as string);
const paidTypes = ['payment_intent.succeeded'];

test('every event is sent with a signature that the SDK accepts, and a forged one is not', async () => {
  const intent = await pay();
  await eventually(() => expect(types().toSorted()).toEqual(paidTypes));
  const succeeded = events().find((event) => event.type === 'payment_intent.succeeded');
  expect(succeeded).toMatchObject({ data: { object: { id: intent.id, metadata: { order_id: 'order-1' } } } });
  const { payload, signature } = received[0] ?? { payload: '', signature: '' };
  expect(() => stripe.webhooks.constructEvent(`${payload} `, signature, secret)).toThrow();
});

test('a refused event is sent again', async () => {
  refuseNext = 3;
  await pay();
  await eventually(() => expect(types().toSorted()).toEqual(paidTypes));
});

test('a delivered event is not sent again after a restart', async () => {
  await pay();
  await eventually(() => expect(types().toSorted()).toEqual(paidTypes));
  await sandbox.stop();
  received = [];
  sandbox = await aSandbox({ dataDir, webhook });
  stripe = stripeAt(sandbox.url);
  const { id } = await pay();
  await eventually(() => expect(types()).toEqual(paidTypes));
  expect(events()[0]?.data.object).toMatchObject({ id });
});

test('a delayed event is sent after a restart', async () => {
  sandbox.changeBehaviour({ webhookDelayMs: 600_000 });
  await pay();
  expect(received).toEqual([]);
  await sandbox.stop();
  sandbox = await aSandbox({ dataDir });
  sandbox.configure({ webhook });
  await eventually(() => expect(types().toSorted()).toEqual(paidTypes));
});

test('a new API key replaces the first', async () => {
  sandbox.configure({ apiKey: 'sk_test_later' });
  await expect(pay()).rejects.toMatchObject({ statusCode: 401 });
  const later = stripeAt(sandbox.url, 'sk_test_later');
  await expect(later.paymentIntents.create(anIntent())).resolves.toMatchObject({ amount: 4200 });
});
