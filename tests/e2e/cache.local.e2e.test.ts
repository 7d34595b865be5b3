import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { addProduct, ensureCategory, type Product, until } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { admin, visitor } from './support/shop.ts';

/** The catalogue's cache time, without the client's (services/products/src/views.ts). */
const cacheMs = 5_000;
/** For requests on a busy machine. */
const marginMs = 2_000;

let adminClient: ShopClient;
beforeAll(async () => {
  adminClient = await admin();
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
});

const aProduct = (): Promise<Product> =>
  addProduct(adminClient, {
    name: `Lid ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: 900,
    stock: 5,
  });
const path = ({ productId }: Product) => `/api/v1/products/${productId}`;
const read = (product: Product, headers = {}) =>
  visitor().call<{ name: string }>('GET', path(product), { headers });

// These tests also run with Redis: `SHOP_REDIS_HOST` and `SHOP_REDIS_PORT` of the run (.ci/run).
describe('a product that was read', () => {
  test('is read unchanged for a short time after a change, and with no-cache at once', async () => {
    const product = await aProduct();
    // Every function instance caches the product.
    await Promise.all(Array.from({ length: 20 }, () => read(product)));
    const body = { name: 'Other lid', category: 'kitchen', price: { amountCents: 900, currency: 'EUR' } };
    await adminClient.call('PUT', path(product), {
      body,
      headers: { 'if-match': '"1"' },
      key: randomUUID(),
    });
    const changedAt = Date.now();
    expect((await read(product, { 'cache-control': 'no-cache' })).name).toBe('Other lid');
    await until(
      () => Promise.all(Array.from({ length: 20 }, () => read(product))),
      (all) => all.every(({ name }) => name === 'Other lid'),
    );
    expect(Date.now() - changedAt).toBeLessThan(cacheMs + marginMs);
  });
});

const host = process.env['SHOP_REDIS_HOST'];
(host === undefined ? test.skip : test)('a product that was read is stored in Redis', async () => {
  const client = new Redis({ host: host!, port: Number(process.env['SHOP_REDIS_PORT']) });
  try {
    // No request waits for a connection: the first read of an instance may find Redis not connected yet.
    const [product, value] = await until(
      async () => {
        const product = await aProduct();
        await read(product);
        return [product, await client.get(`products:product ${product.productId}`)] as const;
      },
      ([, value]) => value !== null,
    );
    const [expiresAt, , json] = value!.split('\n');
    expect(JSON.parse(json!)).toMatchObject({ productId: product.productId });
    expect(Number(expiresAt) - Date.now()).toBeLessThanOrEqual(cacheMs);
  } finally {
    client.disconnect();
  }
});
