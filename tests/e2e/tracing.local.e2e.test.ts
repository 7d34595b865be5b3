import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { project } from '../../build/stacks.ts';
import { newCustomers } from '../../client/new-customer.ts';
import { addProduct, ensureCategory, orderIn, orderOf, until } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { ControlClient } from '../../platform/control/control-client.ts';
import { spawnShop } from '../setup/spawn-shop.ts';

/** A segment or subsegment (X-Ray, "Segment documents"). */
type Segment = {
  id: string;
  name: string;
  trace_id: string;
  parent_id?: string;
  type?: 'subsegment';
  origin?: string;
  links?: { trace_id: string }[];
  annotations?: Record<string, unknown>;
  in_progress?: boolean;
};

/** More than there are functions, so that each has a process of its own. */
const hosts = 100;

/** An X-Ray daemon: it receives a header line and a JSON document per datagram. */
const segments: Segment[] = [];
const daemon = createSocket('udp4').bind(0, '127.0.0.1');
let shop: Awaited<ReturnType<typeof spawnShop>>;

beforeAll(async () => {
  await once(daemon, 'listening');
  daemon.on('message', (datagram) => {
    const [header, document] = datagram.toString().split('\n');
    expect(JSON.parse(header!)).toEqual({ format: 'json', version: 1 });
    segments.push(JSON.parse(document!) as Segment);
  });
  // As on Lambda, an instance runs one invocation at a time, in a process of its own: the X-Ray SDK keeps the current
  // segment in a global variable, and changes Node's `http` for the whole process.
  shop = await spawnShop([
    '--mode',
    'single',
    '--hosts',
    String(hosts),
    '--xray-daemon',
    `127.0.0.1:${daemon.address().port}`,
  ]);
});
afterAll(async () => {
  const ended = once(shop.process, 'exit');
  shop.process.kill('SIGTERM');
  await ended;
  daemon.close();
  await rm(shop.dataDir, { recursive: true, force: true });
});

/** The invocations in a trace and in all that continue it by links. */
function connected(traceId: string): Segment[] {
  const traces = new Set([traceId]);
  for (let before = 0; before < traces.size; ) {
    before = traces.size;
    for (const { trace_id, links = [] } of segments)
      if (links.some((link) => traces.has(link.trace_id))) traces.add(trace_id);
  }
  return segments.filter(({ trace_id, origin }) => origin !== undefined && traces.has(trace_id));
}
const nameOf = ({ name }: Segment) => name.replace(/^shop-|-local/g, '');
/** The segments around one, from the inside. */
function ancestorsOf({ parent_id, trace_id }: Segment): Segment[] {
  const parent = segments.find((each) => each.id === parent_id && each.trace_id === trace_id);
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent)];
}
/** What the tracer of a function sent for its invocation. */
const subsegmentOf = (invocation: Segment) =>
  segments.find(
    ({ type, parent_id, trace_id }) =>
      type === 'subsegment' && parent_id === invocation.id && trace_id === invocation.trace_id,
  );

test('the segments of one order are connected across HTTP, Lambda, SNS and SQS', async () => {
  const visitor = new ShopClient(shop.apiUrl);
  const control = new ControlClient(shop);
  const admin = await visitor.signIn(shop.adminEmail, shop.adminPassword);
  await ensureCategory(admin, 'kitchen', 'Kitchen');
  const { productId } = await addProduct(admin, { name: 'Cup', category: 'kitchen', cents: 700, stock: 9 });
  const customer = await newCustomers(visitor, control.invoke, { project, stage: 'local' })(
    'Traced Customer',
  );
  const placed = await customer.send('POST', '/api/v1/orders', {
    body: orderOf([{ productId, quantity: 1 }]),
    key: crypto.randomUUID(),
  });
  expect(placed.status).toBe(201);
  await orderIn(customer, String(placed.body['id']), 'paid');

  const [, traceId = ''] = /Root=([^;]+)/.exec(placed.headers.get('x-amzn-trace-id') ?? '') ?? [];
  const expected = [
    'orders-place-order', // by HTTP
    'products-reserve-stock', // invoked by place-order
    'payments-on-order-event', // from a FIFO topic and queue
    'orders-on-transaction-processed', // from the payment's topic and queue
    'products-on-order-event',
    'notifications-on-customer-event', // a standard queue, in batches
    'reports-on-order-milestone', // by a standard topic, without a queue
  ];
  const invocations = await until(
    async () => connected(traceId),
    (found) => expected.every((name) => found.some((each) => nameOf(each) === name && subsegmentOf(each))),
  );

  const [placeOrder] = invocations.filter((each) => nameOf(each) === 'orders-place-order');
  const reserve = invocations.find((each) => nameOf(each) === 'products-reserve-stock');
  expect(placeOrder).toMatchObject({ trace_id: traceId });
  expect(reserve).toMatchObject({ trace_id: traceId });
  // Its call, in the handler of place-order, in the invocation.
  expect(ancestorsOf(reserve!).map(({ name }) => name)).toEqual([
    '127.0.0.1',
    '## src/handlers/place-order.handler',
    'shop-orders-local-place-order',
  ]);
  expect(subsegmentOf(placeOrder!)).toMatchObject({
    name: '## src/handlers/place-order.handler',
    annotations: { Service: 'shop-orders' },
  });
});
