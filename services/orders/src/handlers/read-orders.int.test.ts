import { newId } from '#shared/ids.ts';
import type { TestRequest } from '#shared/testing/http-event.ts';
import { ada, as, codeOf, eve, ordersService, support } from '../../testing/orders-service.ts';
import { getOrderRoute, healthRoute, listOrdersRoute } from '../api.ts';
import type { OrderStatus } from '../domain/order.ts';

const { anOrder, ask } = await ordersService();

describe('GET orders/{id}', () => {
  test.each<[OrderStatus, string[]]>([
    ['pending', []],
    ['paid', ['payment']],
    ['shipped', ['payment', 'shipment']],
    ['completed', ['completedAt', 'payment', 'shipment']],
    ['cancelled', ['cancellation']],
  ])('shows a %s order with what belongs to its state', async (status, parts) => {
    const { id } = await anOrder(status);
    const response = await ask('get', getOrderRoute, { params: { id }, caller: ada });
    expect(codeOf(response)).toEqual([200, status]);
    const optional = ['payment', 'shipment', 'completedAt', 'cancellation'];
    expect(optional.filter((name) => name in response.body).toSorted()).toEqual(parts);
    expect(response.headers['etag']).toBe(`"${response.body['version']}"`);
    expect(JSON.stringify(response.body)).not.toContain('pm_card');
  });

  test("is 404 for another customer's, exactly as for one that is not there", async () => {
    const { id } = await anOrder();
    const foreign = await ask('get', getOrderRoute, { params: { id }, caller: eve });
    const unknown = await ask('get', getOrderRoute, { params: { id: newId() }, caller: eve });
    expect(codeOf(foreign)).toEqual([404, 'ORDER_NOT_FOUND']);
    const { requestId: _one, ...first } = foreign.body;
    const { requestId: _two, ...second } = unknown.body;
    expect(first).toEqual(second);
  });

  test('is visible to staff', async () => {
    const { id } = await anOrder();
    expect(codeOf(await ask('get', getOrderRoute, { params: { id }, caller: support }))).toEqual([
      200,
      'pending',
    ]);
  });

  test('is 400 for an id that is none', async () => {
    const response = await ask('get', getOrderRoute, { params: { id: 'lamp' }, caller: ada });
    expect([...codeOf(response), response.body.errors?.[0]?.field]).toEqual([400, 'INVALID_REQUEST', 'id']);
  });
});

describe('GET orders', () => {
  const listed = async (request: TestRequest) => ask('list', listOrdersRoute, request);

  test("pages through a customer's own orders, newest first, each once", async () => {
    const greta = as('customer');
    const mine: string[] = [];
    for (let index = 0; index < 5; index += 1) mine.push((await anOrder('pending', greta.userId)).id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await listed({ caller: greta, query });
      seen.push(...body.items.map(({ id }) => id));
      cursor = body['nextCursor'] as string | undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(mine.reverse());
  });

  test('ends on a full last page', async () => {
    const greta = as('customer');
    await anOrder('pending', greta.userId);
    const { body } = await listed({ caller: greta, query: { limit: '1' } });
    expect(body).toEqual({ items: [expect.objectContaining({ totalCents: 1000, pieces: 2 })] });
  });

  test('shows staff everybody, or one customer in one state', async () => {
    const greta = as('customer');
    const paid = await anOrder('paid', greta.userId);
    await anOrder('pending', greta.userId);
    const { body } = await listed({ caller: support, query: { userId: greta.userId, status: 'paid' } });
    expect(body.items.map(({ id }) => id)).toEqual([paid.id]);
    await anOrder('pending', as('customer').userId);
    const { body: all } = await listed({ caller: support, query: { limit: '100' } });
    expect(
      new Set(all.items.map((item) => (item as Record<string, unknown>)['userId'])).size,
    ).toBeGreaterThan(1);
  });

  test('refuses a cursor of another selection of orders', async () => {
    const greta = as('customer');
    for (let index = 0; index < 2; index += 1) await anOrder('paid', greta.userId);
    const query = { userId: greta.userId, status: 'paid', limit: '1' };
    const cursor = (await listed({ caller: support, query })).body['nextCursor'] as string;
    expect(codeOf(await listed({ caller: support, query: { ...query, cursor } }))[0]).toBe(200);
    for (const other of [{ status: 'paid' }, { userId: greta.userId }, {}]) {
      const response = await listed({ caller: support, query: { ...other, cursor } });
      expect([...codeOf(response), response.body.errors?.[0]?.field]).toEqual([
        400,
        'INVALID_REQUEST',
        'cursor',
      ]);
    }
  });

  test('refuses a customer a real cursor of another customer', async () => {
    const [greta, hans] = [as('customer'), as('customer')];
    for (const { userId } of [greta, greta, hans, hans]) await anOrder('paid', userId);
    const { body } = await listed({ caller: hans, query: { limit: '1' } });
    const response = await listed({
      caller: greta,
      query: { limit: '1', cursor: String(body['nextCursor']) },
    });
    expect([...codeOf(response), response.body.errors?.[0]?.field]).toEqual([
      400,
      'INVALID_REQUEST',
      'cursor',
    ]);
  });

  test("refuses a customer another's orders", async () => {
    expect(codeOf(await listed({ caller: eve, query: { userId: ada.userId } }))).toEqual([403, 'FORBIDDEN']);
  });

  test.each([
    ['limit', { limit: '0' }],
    ['limit', { limit: '101' }],
    ['limit', { limit: 'many' }],
    ['cursor', { cursor: 'eyJ4IjoxfQ' }],
    ['status', { status: 'lost' }],
    ['userId', { userId: 'ada' }],
    ['sort', { sort: 'total' }],
    ['limit', { limit: ['1', '2'] }],
  ])('names %s when it is %j', async (field, query) => {
    const response = await listed({ caller: ada, query: query as Record<string, string | string[]> });
    expect([...codeOf(response), response.body.errors?.[0]?.field]).toEqual([400, 'INVALID_REQUEST', field]);
  });
});

test('health reports that the database is reachable', async () => {
  const response = await ask('health', healthRoute);
  expect([response.status, response.body]).toEqual([
    200,
    { status: 'ok', service: 'orders', checks: { database: 'ok' } },
  ]);
});
