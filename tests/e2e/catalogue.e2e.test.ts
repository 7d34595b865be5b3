import { randomUUID } from 'node:crypto';
import {
  addProduct,
  ensureCategory,
  type Product,
  type Stock,
  setStock,
  until,
  uploadPicture,
} from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { invoke } from './support/invoke.ts';
import { admin, visitor } from './support/shop.ts';

let adminClient: ShopClient;

beforeAll(async () => {
  adminClient = await admin();
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
  await ensureCategory(adminClient, 'garden', 'Garden');
});

const aProduct = (stock = 9): Promise<Product> =>
  addProduct(adminClient, {
    name: `Can ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: 1500,
    stock,
  });
const fresh = ({ productId }: Product) =>
  visitor().call<Product & { status: string }>('GET', `/api/v1/products/${productId}`, {
    headers: { 'cache-control': 'no-cache' },
  });
const stockOf = ({ productId }: Product) => adminClient.call<Stock>('GET', `/api/v1/inventory/${productId}`);
const reserve = (
  { productId }: Product,
  quantity: number,
  { orderId = randomUUID() as string, forMs = 600_000 } = {},
) =>
  invoke('products', 'reserve-stock', {
    orderId,
    lines: [{ productId, quantity }],
    reservedUntil: new Date(Date.now() + forMs).toISOString(),
    correlationId: 'e2e',
  });

describe('a category', () => {
  test('is created once per idempotency key, and listed', async () => {
    const categoryId = `shelf-${randomUUID().slice(0, 8)}`;
    const request = { body: { categoryId, name: 'Shelf' }, key: randomUUID() };
    const first = await adminClient.send('POST', '/api/v1/categories', request);
    const second = await adminClient.send('POST', '/api/v1/categories', request);
    expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    const { items } = await until(
      () => visitor().call<{ items: { categoryId: string }[] }>('GET', '/api/v1/categories?limit=100'),
      (page) => page.items.some((item) => item.categoryId === categoryId),
    );
    expect(items.map((item) => item.categoryId)).toEqual(expect.arrayContaining(['kitchen', 'garden']));
  });
});

describe('a product', () => {
  const draft = { name: 'Watering can', category: 'garden', price: { amountCents: 1700, currency: 'EUR' } };

  test('is updated at its version, moved to another category, and retired', async () => {
    const product = await aProduct();
    const path = `/api/v1/products/${product.productId}`;
    const request = { body: draft, headers: { 'if-match': '"1"' }, key: randomUUID() };
    expect((await adminClient.send('PUT', path, request)).status).toBe(200);
    expect((await adminClient.send('PUT', path, request)).headers.get('idempotent-replayed')).toBe('true');
    expect((await adminClient.send('PUT', path, { ...request, key: randomUUID() })).status).toBe(412);
    expect(await fresh(product)).toMatchObject({ name: 'Watering can', category: 'garden', version: 2 });
    const retired = await adminClient.send('DELETE', path, {
      headers: { 'if-match': '"2"' },
      key: randomUUID(),
    });
    expect([retired.status, retired.body['status']]).toEqual([200, 'retired']);
    const { items } = await visitor().call<{ items: Product[] }>('GET', '/api/v1/products?category=garden');
    expect(items.map(({ productId }) => productId)).not.toContain(product.productId);
  });

  test('whose stock is set with a key is set once', async () => {
    const product = await aProduct(9);
    const body = { warehouses: [{ warehouseId: 'berlin-1', onHand: 20 }], reorderLevel: 3 };
    const key = randomUUID();
    const path = `/api/v1/inventory/${product.productId}`;
    await adminClient.call('PUT', path, { body, key });
    await reserve(product, 2);
    await adminClient.call('PUT', path, { body, key });
    expect(await stockOf(product)).toMatchObject({ available: 21 });
  });

  test('that runs low stays on sale down to the last unit', async () => {
    const product = await aProduct(8);
    await reserve(product, 4);
    await reserve(product, 4);
    expect((await stockOf(product)).available).toBe(0);
    await setStock(adminClient, product.productId, { 'berlin-1': 40, 'lyon-2': 40 });
    await setStock(adminClient, product.productId, { 'berlin-1': 8, 'lyon-2': 2 });
    expect((await stockOf(product)).available).toBe(2);
  });
});

test('the list of all products is sorted by price across pages', async () => {
  await Promise.all([aProduct(), aProduct(), aProduct()]);
  type Page = { items: Product[]; nextCursor?: string };
  const list = (query: string) => visitor().call<Page>('GET', `/api/v1/products?sort=-price&limit=2${query}`);
  const first = await list('');
  const second = await list(`&cursor=${first.nextCursor}`);
  const prices = [...first.items, ...second.items].map(({ price }) => price.amountCents);
  expect(prices).toEqual(prices.toSorted((a, b) => b - a));
  expect(new Set([...first.items, ...second.items].map(({ productId }) => productId)).size).toBe(
    prices.length,
  );
});

describe('a reservation', () => {
  test('reduces the stock, and is released once', async () => {
    const product = await aProduct(300);
    const orderId = randomUUID();
    await reserve(product, 2, { orderId });
    await reserve(product, 3);
    await reserve(product, 3);
    expect((await stockOf(product)).available).toBe(292);
    await invoke('products', 'release-stock', { orderId, correlationId: 'e2e' });
    await invoke('products', 'release-stock', { orderId, correlationId: 'e2e' });
    await invoke('products', 'release-stock', { orderId: randomUUID(), correlationId: 'e2e' });
    expect((await stockOf(product)).available).toBe(294);
  });

  test('that has expired is released for the next order', async () => {
    const product = await aProduct(3);
    await reserve(product, 3, { forMs: -1_000 });
    await reserve(product, 2);
    expect(await stockOf(product)).toMatchObject({ available: 1 });
  });
});

describe('an upload', () => {
  test('with the same key is one upload; a file that is not an image is rejected with the reason', async () => {
    const product = await aProduct(1);
    const bytes = Buffer.from('<html>not a picture</html>');
    const picture = { productId: product.productId, contentType: 'image/png', bytes, altText: 'nothing' };
    const mediaId = await uploadPicture(adminClient, picture);
    const settled = await until(
      () => adminClient.call<{ state: string; reason?: string }>('GET', `/api/v1/media/${mediaId}`),
      ({ state }) => state !== 'awaiting',
    );
    expect(settled).toMatchObject({ state: 'rejected', reason: expect.stringContaining('not a JPEG') });
    const request = { body: { ...picture, bytes: bytes.length }, key: randomUUID() };
    const createUpload = () =>
      adminClient.call<{ mediaId: string }>('POST', '/api/v1/media/uploads', request);
    expect((await createUpload()).mediaId).toBe((await createUpload()).mediaId);
    expect((await fresh(product)).pictures).toEqual([]);
  });
});

test.each(['products', 'media'])('the service %s reports ok', async (service) => {
  expect(await visitor().call('GET', `/api/v1/${service}/health`)).toMatchObject({ status: 'ok', service });
});
