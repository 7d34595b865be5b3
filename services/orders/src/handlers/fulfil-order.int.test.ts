import { newId } from '#shared/ids.ts';
import type { TestRequest } from '#shared/testing/http-event.ts';
import { eventsIn } from '#shared/testing/queue.ts';
import { ada, admin, codeOf, ordersService, parcel, support } from '../../testing/orders-service.ts';
import { completeOrderRoute, shipOrderRoute } from '../api.ts';

const { published, anOrder, ask } = await ordersService();

describe('POST orders/{id}/shipment', () => {
  const ship = (id: string, request: TestRequest = {}) =>
    ask('ship', shipOrderRoute, { params: { id }, caller: admin, body: parcel, ...request });

  test('notes the parcel of a paid order', async () => {
    const { id } = await anOrder('paid');
    const response = await ship(id);
    expect(response.body).toMatchObject({ status: 'shipped', shipment: parcel });
    const events = (await eventsIn(published)).filter(({ aggregateId }) => aggregateId === id);
    expect(events.at(-1)).toMatchObject({ type: 'ORDER_SHIPPED', data: parcel });
  });

  test('again is the same; another parcel is refused', async () => {
    const { id } = await anOrder('shipped');
    expect(codeOf(await ship(id))).toEqual([200, 'shipped']);
    const other = await ship(id, { body: { ...parcel, trackingNumber: 'T2' } });
    expect(codeOf(other)).toEqual([409, 'ORDER_NOT_SHIPPABLE']);
  });

  test('replays under its key, and refuses another body under it', async () => {
    const { id } = await anOrder('paid');
    const headers = { 'Idempotency-Key': newId() };
    const first = await ship(id, { headers });
    expect((await ship(id, { headers })).body).toEqual(first.body);
    const other = await ship(id, { headers, body: { ...parcel, trackingNumber: 'T2' } });
    expect(codeOf(other)).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test.each(['pending', 'cancelled'] as const)('is refused for a %s order', async (status) => {
    const { id } = await anOrder(status);
    expect(codeOf(await ship(id))).toEqual([409, 'ORDER_NOT_SHIPPABLE']);
  });

  test.each([ada, support])('is not for %j', async (caller) => {
    const { id } = await anOrder('paid');
    expect(codeOf(await ship(id, { caller }))).toEqual([403, 'FORBIDDEN']);
  });

  test.each([
    ['carrier', { trackingNumber: 'T1' }],
    ['carrier', { ...parcel, carrier: 7 }],
    ['carrier', { ...parcel, carrier: 'DHL\r\nand more' }],
    ['trackingNumber', { ...parcel, trackingNumber: 'x'.repeat(101) }],
    ['weight', { ...parcel, weight: 1 }],
  ])('names %s of %j', async (field, body) => {
    const { id } = await anOrder('paid');
    const response = await ship(id, { body });
    expect([...codeOf(response), response.body.errors?.[0]?.field]).toEqual([400, 'INVALID_REQUEST', field]);
  });
});

describe('POST orders/{id}/completion', () => {
  const close = (id: string, request: TestRequest = {}) =>
    ask('complete', completeOrderRoute, { params: { id }, caller: admin, ...request });

  test('closes a shipped order, once', async () => {
    const { id } = await anOrder('shipped');
    const first = await close(id);
    expect(codeOf(first)).toEqual([200, 'completed']);
    expect((await close(id)).body).toEqual(first.body);
    const headers = { 'Idempotency-Key': newId() };
    expect([(await close(id, { headers })).body, (await close(id, { headers })).body]).toEqual([
      first.body,
      first.body,
    ]);
  });

  test.each(['pending', 'paid', 'cancelled'] as const)('is refused for a %s order', async (status) => {
    const { id } = await anOrder(status);
    expect(codeOf(await close(id))).toEqual([409, 'ORDER_NOT_COMPLETABLE']);
  });

  test('requires the permission to fulfil, and returns 404 for a missing order', async () => {
    const { id } = await anOrder('shipped');
    expect(codeOf(await close(id, { caller: ada }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await close(newId()))).toEqual([404, 'ORDER_NOT_FOUND']);
  });
});
