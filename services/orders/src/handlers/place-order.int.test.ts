import { newId } from '#shared/ids.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { eventsIn, scheduleEvent } from '#shared/testing/queue.ts';
import { anAddress } from '../../testing/builders.ts';
import { startCatalog } from '../../testing/catalog.ts';
import { ordersEnvironment } from '../../testing/environment.ts';
import { placeOrderRoute } from '../api.ts';

const catalog = await startCatalog();
const { database, published, announced } = await ordersEnvironment(catalog.url);
const { handler } = await import('./place-order.ts');
const relayOutbox = await import('./relay-outbox.ts');
const app = await import('../app.ts');
afterAll(async () => {
  await app.database().end();
  await catalog.stop();
});

const [lamp, chair, whisky, nail] = [newId(), newId(), newId(), newId()];
catalog.sells(
  { productId: lamp, name: 'Lamp', unitPriceCents: 1250, currency: 'EUR' },
  { productId: chair, name: 'Chair', unitPriceCents: 9900, currency: 'EUR' },
  { productId: whisky, name: 'Whisky', unitPriceCents: 99_999_999, currency: 'GBP' },
  { productId: nail, name: 'Nail', unitPriceCents: 1, currency: 'EUR' },
);
const ada = { userId: newId() };
const aBody = (body: object = {}) => ({
  lines: [{ productId: lamp, quantity: 2 }],
  shippingAddress: anAddress,
  paymentMethod: 'pm_card_visa',
  ...body,
});
type ResponseBody = Record<string, unknown> & { id: string; errors?: { field: string }[] };
const place = (body: unknown = aBody(), request: TestRequest = {}) =>
  send<ResponseBody>(handler, placeOrderRoute, {
    body,
    caller: ada,
    headers: { 'Idempotency-Key': newId(), ...request.headers },
    ...('caller' in request ? { caller: request.caller } : {}),
  } as TestRequest);
const fieldsOf = (response: { body: ResponseBody }) => response.body.errors?.map(({ field }) => field);
const count = async (table: 'orders' | 'outbox' | 'order_items' | 'shipping_info') => {
  const [row] = await database.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`);
  return row?.n;
};
beforeEach(async () => {
  await database.query('TRUNCATE orders, outbox, idempotency_keys CASCADE');
  await Promise.all([eventsIn(published), eventsIn(announced)]);
  catalog.calls.length = 0;
  catalog.reservations.clear();
});

describe('placing an order', () => {
  test('returns 201 with the pending order at the catalogue prices, and its location', async () => {
    const response = await place(
      aBody({
        lines: [
          { productId: lamp, quantity: 2 },
          { productId: chair, quantity: 1 },
        ],
      }),
    );
    expect(response.status).toBe(201);
    expect(response.headers).toMatchObject({ location: `/api/v1/orders/${response.body.id}`, etag: '"1"' });
    expect(response.body).toMatchObject({
      status: 'pending',
      userId: ada.userId,
      totalCents: 12_400,
      currency: 'EUR',
      shippingAddress: anAddress,
      lines: [
        { productId: lamp, name: 'Lamp', quantity: 2, unitPriceCents: 1250 },
        { productId: chair, name: 'Chair', quantity: 1, unitPriceCents: 9900 },
      ],
    });
    expect(catalog.reservations).toEqual(new Set([response.body.id]));
  });

  test('stores an address without postal code, and the telephone number in E.164', async () => {
    const shippingAddress = {
      name: '陳大文',
      line1: '1 Queensway',
      city: 'Admiralty',
      region: '香港島',
      country: 'HK',
      phone: '2345 6789',
    };
    const { status, body } = await place(aBody({ shippingAddress }));
    expect([status, body['shippingAddress']]).toEqual([201, { ...shippingAddress, phone: '+85223456789' }]);
  });

  test('publishes it once to each topic, before it responds', async () => {
    const { body } = await place();
    const [event, ...others] = await eventsIn(published);
    expect(event).toMatchObject({
      type: 'ORDER_CREATED',
      aggregateId: body.id,
      sequence: 1,
      data: { orderId: body.id, totalCents: 2500, paymentMethod: 'pm_card_visa' },
    });
    expect(others).toEqual([]);
    expect(await eventsIn(announced)).toEqual([event]);
    expect(await database.query('SELECT FROM outbox WHERE sent_at IS NULL')).toEqual([]);
  });

  test('merges lines of the same product', async () => {
    const { body } = await place(
      aBody({
        lines: [
          { productId: lamp, quantity: 2 },
          { productId: lamp, quantity: 3 },
        ],
      }),
    );
    expect(body['lines']).toEqual([expect.objectContaining({ productId: lamp, quantity: 5 })]);
  });

  test('accepts forty-five products', async () => {
    const many = Array.from({ length: 45 }, () => newId());
    catalog.sells(
      ...many.map((productId) => ({
        productId,
        name: 'Thing',
        unitPriceCents: 10,
        currency: 'EUR' as const,
      })),
    );
    const { status } = await place(aBody({ lines: many.map((productId) => ({ productId, quantity: 1 })) }));
    expect([status, await count('order_items')]).toEqual([201, 45]);
  });
});

describe('the same request again', () => {
  test('returns the first response, and has no second effect', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const first = await place(aBody(), { headers });
    const second = await place(aBody(), { headers });
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect([await count('orders'), catalog.calls.length]).toEqual([1, 1]);
    expect(await eventsIn(published)).toHaveLength(1);
  });

  test('ten times at once creates one order', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const responses = await Promise.all(Array.from({ length: 10 }, () => place(aBody(), { headers })));
    const placed = responses.filter(({ status }) => status === 201);
    expect(new Set(placed.map(({ body }) => body.id)).size).toBe(1);
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(10 - placed.length);
    expect([await count('orders'), catalog.reservations.size]).toEqual([1, 1]);
    expect(await eventsIn(published)).toHaveLength(1);
    const [again] = [await place(aBody(), { headers })];
    expect(again.body.id).toBe(placed[0]?.body.id);
  });

  test('with ids in capitals is the same request', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const shouted = aBody({ lines: [{ productId: lamp.toUpperCase(), quantity: 2 }] });
    const first = await place(shouted, { headers });
    expect(first).toMatchObject({ status: 201, body: { lines: [{ productId: lamp }] } });
    expect((await place(aBody(), { headers })).body.id).toBe(first.body.id);
  });

  test('with another body is refused', async () => {
    const headers = { 'Idempotency-Key': newId() };
    await place(aBody(), { headers });
    const other = await place(aBody({ lines: [{ productId: lamp, quantity: 3 }] }), { headers });
    expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('with the key of another customer is another request', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const [mine, theirs] = [
      await place(aBody(), { headers }),
      await place(aBody(), { headers, caller: { userId: newId() } }),
    ];
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });
});

describe('the catalogue', () => {
  const outOfStock = {
    refuses: {
      code: 'OUT_OF_STOCK' as const,
      lines: [{ productId: chair, name: 'Chair', available: 1 }],
    },
  };

  test('that is out of stock is 409 and names the line of the request', async () => {
    catalog.next(outOfStock);
    const lines = [lamp, lamp, chair].map((productId) => ({ productId, quantity: 1 }));
    const response = await place(aBody({ lines }));
    expect([response.status, response.body['code'], fieldsOf(response)]).toEqual([
      409,
      'OUT_OF_STOCK',
      ['lines[2].quantity'],
    ]);
    expect([await count('orders'), await count('outbox')]).toEqual([0, 0]);
  });

  test('that is out of stock frees the key', async () => {
    const headers = { 'Idempotency-Key': newId() };
    catalog.next(outOfStock);
    await place(aBody(), { headers });
    expect((await place(aBody(), { headers })).status).toBe(201);
  });

  test('that does not know a product is 422 and names it', async () => {
    catalog.next({ refuses: { code: 'PRODUCT_NOT_FOUND', productIds: [lamp] } });
    const response = await place();
    expect([response.status, response.body['code'], fieldsOf(response)]).toEqual([
      422,
      'UNKNOWN_PRODUCT',
      ['lines[0].productId'],
    ]);
  });

  test('that refuses the reservation is 409; the same request again is a new attempt', async () => {
    const headers = { 'Idempotency-Key': newId() };
    catalog.next({ refuses: { code: 'RESERVATION_REFUSED', reason: 'other-lines' } });
    expect((await place(aBody(), { headers })).body['code']).toBe('ORDER_ATTEMPT_EXPIRED');
    expect((await place(aBody(), { headers })).status).toBe(201);
    expect(new Set(catalog.calls).size).toBe(2);
  });

  test('that needs too many warehouses is 422 and names the lines', async () => {
    catalog.next({ refuses: { code: 'ORDER_TOO_SCATTERED' } });
    const response = await place();
    expect([response.status, response.body['code'], fieldsOf(response)]).toEqual([
      422,
      'ORDER_TOO_SCATTERED',
      ['lines'],
    ]);
    expect(response.body['detail']).toContain('Order fewer products or pieces at once.');
    expect([await count('orders'), await count('outbox')]).toEqual([0, 0]);
  });

  test('is called once more when it fails, for the same order', async () => {
    catalog.next('fails');
    const { status, body } = await place();
    expect(status).toBe(201);
    expect(catalog.calls).toEqual([`reserve-stock ${body.id}`, `reserve-stock ${body.id}`]);
  });

  test('that fails twice is 503 with nothing written; a retry continues with the same order id', async () => {
    const headers = { 'Idempotency-Key': newId() };
    catalog.next('fails', 'fails');
    const first = await place(aBody(), { headers });
    expect([first.status, first.body['code'], first.headers['retry-after']]).toEqual([
      503,
      'UNAVAILABLE',
      '2',
    ]);
    expect([await count('orders'), await count('outbox')]).toEqual([0, 0]);
    const second = await place(aBody(), { headers });
    expect(second.status).toBe(201);
    expect(new Set(catalog.calls)).toEqual(new Set([`reserve-stock ${second.body.id}`]));
  });

  test('that reserves and times out is called again, and nothing is reserved twice', async () => {
    catalog.next('reserves and times out');
    const { status, body } = await place();
    expect([status, catalog.reservations]).toEqual([201, new Set([body.id])]);
  });
});

describe('an order that cannot be written', () => {
  const [many, few] = [[{ productId: whisky, quantity: 2 }], [{ productId: nail, quantity: 49 }]];
  const mixed = [whisky, lamp].map((productId) => ({ productId, quantity: 1 }));

  test.each([
    ['a total beyond one payment', many, 'ORDER_TOO_LARGE'],
    ['a total that is too small to be charged', few, 'ORDER_TOO_SMALL'],
    ['two currencies', mixed, 'MIXED_CURRENCIES'],
  ])('for %s releases the stock', async (_, lines, code) => {
    const response = await place(aBody({ lines }));
    expect([response.status, response.body['code'], fieldsOf(response)]).toEqual([422, code, ['lines']]);
    expect(catalog.calls.map((call) => call.split(' ')[0])).toEqual(['reserve-stock', 'release-stock']);
    expect(catalog.reservations.size).toBe(0);
  });

  test('is refused even if the stock cannot be released', async () => {
    catalog.next('responds', 'fails', 'fails');
    expect((await place(aBody({ lines: many }))).body['code']).toBe('ORDER_TOO_LARGE');
  });

  test('because of a database error releases the stock, and reveals nothing of the database', async () => {
    await database.query('ALTER TABLE orders ADD CONSTRAINT sold_out CHECK (total_cents <> 2500)');
    const response = await place();
    await database.query('ALTER TABLE orders DROP CONSTRAINT sold_out');
    expect([response.status, response.body['code'], catalog.reservations.size]).toEqual([500, 'INTERNAL', 0]);
    expect(JSON.stringify(response.body)).not.toMatch(/constraint|sold_out|pg/i);
    expect([await count('orders'), await count('shipping_info'), await count('outbox')]).toEqual([0, 0, 0]);
  });
});

describe('a process that is killed between commit and publish', () => {
  test('loses nothing: the sweep publishes', async () => {
    const { body } = await place();
    await Promise.all([eventsIn(published), eventsIn(announced)]);
    // As it is when the process dies after the commit: written and claimed, never sent.
    await database.query(
      "UPDATE outbox SET sent_at = NULL, claimed_until = clock_timestamp() - interval '1 s', id = gen_random_uuid()",
    );
    await relayOutbox.handler(scheduleEvent(new Date()), lambdaContext());
    expect((await eventsIn(published)).map(({ aggregateId }) => aggregateId)).toEqual([body.id]);
    expect((await eventsIn(announced)).map(({ aggregateId }) => aggregateId)).toEqual([body.id]);
  });
});
