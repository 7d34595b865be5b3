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
import type { ShopClient } from '../../client/shop-client.ts';
import { control } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { chargesOf } from './support/payments.ts';
import { admin } from './support/shop.ts';

let adminClient: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  adminClient = await admin();
  customer = await newCustomer('Fault Finder');
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
});
afterEach(() => control.clearFaults());

const aProduct = (): Promise<Product> =>
  addProduct(adminClient, {
    name: `Jug ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: 2500,
    stock: 10,
  });
const one = ({ productId }: Product) => [{ productId, quantity: 1 }];
const stockOf = ({ productId }: Product) => adminClient.call<Stock>('GET', `/api/v1/inventory/${productId}`);
const reserve = {
  service: 'dynamodb',
  action: 'TransactWriteItems',
  function: 'shop-products-local-reserve-stock',
};

describe('an order succeeds', () => {
  test.each([
    ['DynamoDB throttles', 'throttle'],
    ['transactions conflict', 'transaction-conflict'],
    ['DynamoDB fails', 'error'],
    ['the response of the reservation is lost', 'drop-after-effect'],
    ['the connection breaks', 'drop'],
  ] as const)('although %s, and reserves its stock once', async (_, kind) => {
    const product = await aProduct();
    await control.fault({ ...reserve, kind, count: 1 });
    const placed = await placeOrder(customer, one(product));
    await orderIn(customer, placed.id, 'paid');
    expect(await control.faults()).toMatchObject([{ kind, hits: 1 }]);
    await until(
      () => stockOf(product),
      ({ available, warehouses }) => available === 9 && warehouses.every(({ reserved }) => reserved === 0),
    );
  });

  test('although the response of a publish is lost: one charge', async () => {
    const product = await aProduct();
    await control.fault({
      service: 'sns',
      kind: 'drop-after-effect',
      count: 2,
      function: 'shop-orders-local-place-order',
    });
    const placed = await placeOrder(customer, one(product));
    await orderIn(customer, placed.id, 'paid');
    expect(await chargesOf(placed.id)).toEqual([2500]);
  });
});

describe('an order is refused', () => {
  test('when stock cannot be reserved: 503 with Retry-After, no order, and the same key succeeds later', async () => {
    const product = await aProduct();
    await control.fault({ service: 'lambda', kind: 'error', function: 'shop-orders-local-place-order' });
    const key = randomUUID();
    const send = () =>
      customer.send<Order & { code: string }>('POST', '/api/v1/orders', { body: orderOf(one(product)), key });
    const refused = await send();
    expect([refused.status, refused.body.code]).toEqual([503, 'UNAVAILABLE']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    await control.clearFaults();
    const { items } = await customer.call<{ items: Order[] }>('GET', '/api/v1/orders?limit=100');
    const { body } = await until(send, ({ status }) => status === 201);
    expect(items.map(({ id }) => id)).not.toContain(body.id);
    await orderIn(customer, body.id, 'paid');
    expect((await stockOf(product)).available).toBe(9);
  });
});
