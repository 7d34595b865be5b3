import { randomUUID } from 'node:crypto';
import { admin, productsService } from '../../testing/products-service.ts';

const shop = await productsService();
const { api, call } = shop;
const draft = (over: Record<string, unknown> = {}) => ({
  name: 'Lamp',
  category: 'lamps',
  price: { amountCents: 1000, currency: 'EUR' },
  ...over,
});
const change = (productId: string, version: number, body: unknown, headers = {}) =>
  call(api.changeProductRoute, {
    params: { id: productId },
    body,
    headers: { 'If-Match': `"${version}"`, ...headers },
  });

beforeAll(async () => {
  await shop.aProduct();
  await call(api.createCategoryRoute, { body: { categoryId: 'tables', name: 'Tables' } });
});

describe('a category', () => {
  test('is created once, and listed', async () => {
    expect(
      (await call(api.createCategoryRoute, { body: { categoryId: 'chairs', name: 'Chairs' } })).status,
    ).toBe(201);
    const again = await call(api.createCategoryRoute, { body: { categoryId: 'chairs', name: 'Chairs' } });
    expect(again).toMatchObject({ status: 409, body: { code: 'CATEGORY_EXISTS' } });
    // Lists are cached by query: each test uses a limit of its own.
    const { items } = (await call(api.listCategoriesRoute, { query: { limit: '99' } })).body;
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(['Chairs', 'Lamps', 'Tables']));
  });

  test('is listed in pages', async () => {
    const all = (await call(api.listCategoriesRoute, { query: { limit: '98' } })).body.items;
    const first = (await call(api.listCategoriesRoute, { query: { limit: '1' } })).body;
    const rest = (await call(api.listCategoriesRoute, { query: { limit: '100', cursor: first.nextCursor! } }))
      .body;
    expect(first.items).toHaveLength(1);
    expect([...first.items, ...rest.items]).toEqual(all);
  });

  test.each([
    ['a position that is no text', '["categories","\\ud800"]'],
    ['an empty position', '["categories",""]'],
    ['a position of the orders', '["orders","01a1fee5-b25c-7274-ad4a-2a7d022a7a9a"]'],
    ['a position of no list', '"lamps"'],
    ['neither list nor text', '"\\ud800"'],
  ])('list is refused a cursor with %s', async (_, position) => {
    const cursor = Buffer.from(position).toString('base64url');
    expect(await call(api.listCategoriesRoute, { query: { cursor } })).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        errors: [{ field: 'cursor', message: 'is not one that this list returned' }],
      },
    });
  });

  test('requested ten times at once with one key is created once', async () => {
    const request = {
      body: { categoryId: 'beds', name: 'Beds' },
      headers: { 'Idempotency-Key': randomUUID() },
    };
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => call(api.createCategoryRoute, request)),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(201));
  });
});

describe('a product', () => {
  test('is created and returned, with its version as the ETag', async () => {
    const response = await call(api.createProductRoute, { body: draft({ description: ' Bright. ' }) });
    expect(response).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `/api/v1/products/${response.body.productId}` },
      body: { name: 'Lamp', description: 'Bright.', status: 'on-sale', pictures: [], version: 1 },
    });
    const shown = await call(api.getProductRoute, { params: { id: response.body.productId } });
    expect(shown).toMatchObject({
      status: 200,
      headers: { etag: '"1"', 'cache-control': 'public, max-age=5' },
    });
    expect(shown.body).toEqual(response.body);
    const inCapitals = { id: response.body.productId.toUpperCase() };
    expect((await call(api.getProductRoute, { params: inCapitals })).body).toEqual(response.body);
    expect(await shop.events(response.body.productId)).toMatchObject([
      {
        type: 'PRODUCT_CHANGED',
        sequence: 1,
        data: { change: 'added', category: 'lamps', priceCents: 1000 },
      },
    ]);
  });

  test('with the same key is the same product; another body under it is refused', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const responses = await Promise.all(
      Array.from({ length: 5 }, () => call(api.createProductRoute, { body: draft(), headers })),
    );
    expect(new Set(responses.map(({ body }) => body.productId)).size).toBe(1);
    const other = await call(api.createProductRoute, { body: draft({ name: 'Other' }), headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  test('of an unknown category is refused, and its key is free for the corrected request', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const refused = await call(api.createProductRoute, { body: draft({ category: 'nowhere' }), headers });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'UNKNOWN_CATEGORY', errors: [{ field: 'category' }] },
    });
    expect((await call(api.createProductRoute, { body: draft(), headers })).status).toBe(201);
  });

  test('is changed only from the current version', async () => {
    const { productId } = await shop.aProduct();
    const changed = await change(productId, 1, draft({ name: 'Lantern' }));
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { name: 'Lantern', version: 2 },
    });
    expect(await change(productId, 1, draft())).toMatchObject({
      status: 412,
      body: { code: 'PRECONDITION_FAILED' },
    });
    expect((await call(api.changeProductRoute, { params: { id: productId }, body: draft() })).status).toBe(
      428,
    );
    expect(await shop.asItIsNow(productId)).toMatchObject({ name: 'Lantern' });
    expect((await shop.events(productId)).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('changed by several requests at once takes one change', async () => {
    const { productId } = await shop.aProduct();
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, n) => change(productId, 1, draft({ name: `Lamp ${n}` }))),
    );
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(412)]);
  });

  test('changed again with the same key returns the first response', async () => {
    const { productId } = await shop.aProduct();
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await change(productId, 1, draft({ name: 'New' }), headers);
    const again = await change(productId, 1, draft({ name: 'New' }), headers);
    expect([again.status, again.headers['idempotent-replayed'], again.body]).toEqual([
      200,
      'true',
      first.body,
    ]);
    // Of another version it is another change, not a repetition.
    expect(await change(productId, 2, draft({ name: 'New' }), headers)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  test('changes its category in one transaction', async () => {
    const { productId } = await shop.aProduct({ name: 'Table lamp' });
    expect((await change(productId, 1, draft({ category: 'tables' }))).status).toBe(200);
    expect(await shop.asItIsNow(productId)).toMatchObject({ category: 'tables', version: 2 });
    const listed = async (category: string) =>
      (await call(api.listProductsRoute, { query: { category, limit: '100' } })).body.items.map(
        (item) => item.productId,
      );
    expect(await listed('tables')).toEqual([productId]);
    expect(await change(productId, 2, draft({ category: 'nowhere' }))).toMatchObject({
      status: 422,
      body: { code: 'UNKNOWN_CATEGORY' },
    });
  });

  test('that is retired can be read, but is neither listed nor retired again', async () => {
    const { productId } = await shop.aProduct({ price: { amountCents: 77, currency: 'EUR' } });
    const retire = (version: number) =>
      call(api.retireProductRoute, { params: { id: productId }, headers: { 'If-Match': `"${version}"` } });
    expect(await retire(1)).toMatchObject({ status: 200, body: { status: 'retired', version: 2 } });
    expect(await retire(2)).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await shop.asItIsNow(productId)).toMatchObject({ status: 'retired', price: { amountCents: 77 } });
    const { items } = (await call(api.listProductsRoute, { query: { maxPriceCents: '77' } })).body;
    expect(items).toEqual([]);
  });

  test('that does not exist returns 404 on every route', async () => {
    const id = randomUUID();
    const missing = { status: 404, body: { code: 'PRODUCT_NOT_FOUND' } };
    expect(await call(api.getProductRoute, { params: { id } })).toMatchObject(missing);
    expect(await change(id, 1, draft())).toMatchObject(missing);
    expect(await call(api.getInventoryRoute, { params: { productId: id } })).toMatchObject(missing);
    const count = { warehouses: [{ warehouseId: 'berlin', onHand: 1 }] };
    expect(await call(api.setInventoryRoute, { params: { productId: id }, body: count })).toMatchObject(
      missing,
    );
    expect((await call(api.getProductRoute, { params: { id: 'lamp' } })).status).toBe(400);
  });

  test('has its event published by the relay, once', async () => {
    const { productId } = await shop.aProduct();
    expect(await shop.relay(productId)).toEqual({ batchItemFailures: [] });
    expect(await shop.relay(productId)).toEqual({ batchItemFailures: [] });
    const { eventsIn } = await import('#shared/testing/queue.ts');
    expect(await eventsIn(shop.queue)).toMatchObject([{ type: 'PRODUCT_CHANGED', aggregateId: productId }]);
  });
});

describe('invalid input is refused, naming the field', () => {
  test.each([
    ['name', ''],
    ['name', 'x'.repeat(201)],
    ['name', 'a\u0000b'],
    ['name', 5],
    ['name', 'a\r\nb'],
    ['description', 'x'.repeat(5_001)],
    ['description', 'a\u0007b'],
    ['category', 'Not A Slug'],
    ['price', 10],
    ['price.amountCents', { amountCents: 1.5, currency: 'EUR' }],
    ['price.amountCents', { amountCents: -1, currency: 'EUR' }],
    ['price.amountCents', { amountCents: 0, currency: 'EUR' }],
    ['price.currency', { amountCents: 1, currency: 'XXX' }],
    ['unknown', 1],
  ])('%s %j of a product', async (field, value) => {
    const { status, body } = await call(api.createProductRoute, {
      body: draft({ [field.split('.')[0]!]: value }),
    });
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '0x10'],
    ['limit', '5.0'],
    ['minPriceCents', '1e3'],
    ['maxPriceCents', '-1'],
    ['sort', 'name'],
    ['category', 'A B'],
    ['colour', 'red'],
  ])('%s %s of a list', async (field, value) => {
    const { status, body } = await call(api.listProductsRoute, { query: { [field]: value } });
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });
});

test('routes that change the catalogue or stock require an admin', async () => {
  const { productId } = await shop.aProduct();
  const customer = { ...admin, roles: ['customer'] as 'customer'[] };
  for (const [route, request] of [
    [api.createCategoryRoute, { body: { categoryId: 'x', name: 'X' } }],
    [api.createProductRoute, { body: draft() }],
    [api.changeProductRoute, { params: { id: productId }, body: draft(), headers: { 'If-Match': '"1"' } }],
    [api.retireProductRoute, { params: { id: productId }, headers: { 'If-Match': '"1"' } }],
    [api.getInventoryRoute, { params: { productId } }],
    [
      api.setInventoryRoute,
      { params: { productId }, body: { warehouses: [{ warehouseId: 'b', onHand: 1 }] } },
    ],
  ] as const)
    expect((await call(route, { ...request, caller: customer })).status).toBe(403);
});

test('health reports that the tables respond', async () => {
  expect(await call(api.healthRoute)).toMatchObject({
    status: 200,
    body: { status: 'ok', service: 'products' },
  });
});
