import { newId } from '#shared/ids.ts';
import { send, type TestRequest } from '#shared/testing/http-event.ts';
import { anAddress } from '../../testing/builders.ts';
import { startCatalog } from '../../testing/catalog.ts';
import { ordersEnvironment } from '../../testing/environment.ts';
import { placeOrderRoute } from '../api.ts';

const catalog = await startCatalog();
const { database } = await ordersEnvironment(catalog.url);
const { handler } = await import('./place-order.ts');
afterAll(() => catalog.stop());

const lamp = newId();
const ada = { userId: newId() };
const aBody = (body: object = {}) => ({
  lines: [{ productId: lamp, quantity: 2 }],
  shippingAddress: anAddress,
  paymentMethod: 'pm_card_visa',
  ...body,
});
type ResponseBody = Record<string, unknown> & { errors?: { field: string }[] };
const place = (body: unknown, request: TestRequest = {}) =>
  send<ResponseBody>(handler, placeOrderRoute, {
    body,
    caller: ada,
    headers: { 'Idempotency-Key': newId() },
    ...request,
  });
const fieldsOf = (response: { body: ResponseBody }) => response.body.errors?.map(({ field }) => field);

test('a request with 1001 pieces in two lines is refused as beyond its schema', async () => {
  const lines = [1, 1000].map((quantity) => ({ productId: lamp, quantity }));
  const response = await place(aBody({ lines }));
  expect([response.status, response.body['code'], fieldsOf(response)]).toEqual([
    422,
    'UNPROCESSABLE_REQUEST',
    ['lines[1].quantity'],
  ]);
});

describe('a request is refused, by the name of the field,', () => {
  const refused: [why: string, body: unknown, field: string][] = [
    ['without lines', aBody({ lines: [] }), 'lines'],
    [
      'with 46 lines',
      aBody({ lines: Array.from({ length: 46 }, () => ({ productId: newId(), quantity: 1 })) }),
      'lines',
    ],
    ['with no quantity', aBody({ lines: [{ productId: lamp, quantity: 0 }] }), 'lines[0].quantity'],
    ['with 1001 pieces', aBody({ lines: [{ productId: lamp, quantity: 1001 }] }), 'lines[0].quantity'],
    ['with half a piece', aBody({ lines: [{ productId: lamp, quantity: 1.5 }] }), 'lines[0].quantity'],
    ['with a quantity as text', aBody({ lines: [{ productId: lamp, quantity: '1' }] }), 'lines[0].quantity'],
    [
      'with a product that is no UUID',
      aBody({ lines: [{ productId: 'lamp', quantity: 1 }] }),
      'lines[0].productId',
    ],
    [
      'with a price of its own',
      aBody({ lines: [{ productId: lamp, quantity: 1, unitPriceCents: 1 }] }),
      'lines[0].unitPriceCents',
    ],
    ['without an address', aBody({ shippingAddress: undefined }), 'shippingAddress'],
    [
      'with an endless name',
      aBody({ shippingAddress: { ...anAddress, name: 'x'.repeat(201) } }),
      'shippingAddress.name',
    ],
    ['with a blank name', aBody({ shippingAddress: { ...anAddress, name: '   ' } }), 'shippingAddress.name'],
    [
      'with a line break in a name',
      aBody({ shippingAddress: { ...anAddress, name: 'Ada\r\nBcc: eve@example.com' } }),
      'shippingAddress.name',
    ],
    [
      'with a country by name',
      aBody({ shippingAddress: { ...anAddress, country: 'England' } }),
      'shippingAddress.country',
    ],
    ['with a card number', aBody({ paymentMethod: '4242424242424242' }), 'paymentMethod'],
    ['with a total', aBody({ totalCents: 1 }), 'totalCents'],
    [
      'with a character that PostgreSQL does not take',
      aBody({ shippingAddress: { ...anAddress, city: 'Ber\0lin' } }),
      'shippingAddress.city',
    ],
    [
      'with half a surrogate pair',
      aBody({ shippingAddress: { ...anAddress, line2: '\uD83D' } }),
      'shippingAddress.line2',
    ],
    ['that is a list', [], 'body'],
    ['that is not JSON', '{', 'body'],
  ];
  test.each(refused)('%s', async (_, body, field) => {
    const response = await place(body);
    expect([response.status, response.body['code'], fieldsOf(response)]).toEqual([
      400,
      'INVALID_REQUEST',
      [field],
    ]);
    expect([catalog.calls, await database.query('SELECT FROM idempotency_keys')]).toEqual([[], []]);
  });

  test.each([
    ['a postal code of another country', { postalCode: '10115' }, 'shippingAddress.postalCode'],
    ['no city', { city: '' }, 'shippingAddress.city'],
    ['no telephone number in its field', { phone: 'call me' }, 'shippingAddress.phone'],
  ])('with an address that has %s, before stock is reserved', async (_, address, field) => {
    const response = await place(aBody({ shippingAddress: { ...anAddress, ...address } }));
    expect([response.status, response.body['code'], fieldsOf(response)]).toEqual([
      422,
      'INVALID_ADDRESS',
      [field],
    ]);
    expect(catalog.calls).toEqual([]);
  });

  test('without an Idempotency-Key', async () => {
    const response = await send<ResponseBody>(handler, placeOrderRoute, { body: aBody(), caller: ada });
    expect([response.status, fieldsOf(response)]).toEqual([400, ['Idempotency-Key']]);
  });

  test('with an endless Idempotency-Key', async () => {
    const response = await place(aBody(), { headers: { 'Idempotency-Key': 'x'.repeat(256) } });
    expect([response.status, fieldsOf(response)]).toEqual([400, ['Idempotency-Key']]);
  });

  test('without a caller', async () => {
    const response = await send(handler, placeOrderRoute, {
      body: aBody(),
      headers: { 'Idempotency-Key': newId() },
    });
    expect(response.status).toBe(401);
  });

  test('by a caller without a role', async () => {
    const response = await place(aBody(), { caller: { userId: newId(), roles: [] } });
    expect([response.status, response.body['code']]).toEqual([403, 'FORBIDDEN']);
  });
});
