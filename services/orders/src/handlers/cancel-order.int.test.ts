import { newId } from '#shared/ids.ts';
import type { TestRequest } from '#shared/testing/http-event.ts';
import { eventsIn } from '#shared/testing/queue.ts';
import { ada, codeOf, eve, ordersService, support } from '../../testing/orders-service.ts';
import { cancelOrderRoute, getOrderRoute } from '../api.ts';

const { published, anOrder, ask } = await ordersService();

describe('POST orders/{id}/cancellation', () => {
  const cancel = (id: string, request: TestRequest = {}) =>
    ask('cancel', cancelOrderRoute, { params: { id }, caller: ada, ...request });

  test('cancels a pending order for its customer', async () => {
    const { id } = await anOrder();
    const response = await cancel(id);
    expect(codeOf(response)).toEqual([200, 'cancelled']);
    expect(response.body['cancellation']).toMatchObject({ reason: 'customer-request' });
    const events = (await eventsIn(published)).filter(({ aggregateId }) => aggregateId === id);
    expect(events.at(-1)).toMatchObject({ type: 'ORDER_CANCELLED', sequence: 2, data: { wasPaid: false } });
  });

  test('cancels a paid one too, by the staff as well', async () => {
    const { id } = await anOrder('paid');
    const response = await cancel(id, { caller: support });
    expect(response.body).toMatchObject({ status: 'cancelled', cancellation: { reason: 'staff-decision' } });
  });

  test('again changes nothing more', async () => {
    const { id } = await anOrder();
    const headers = { 'Idempotency-Key': newId() };
    const first = await cancel(id, { headers });
    const replayed = await cancel(id, { headers });
    const other = await cancel(id);
    expect([replayed.body, other.body]).toEqual([first.body, first.body]);
    expect([replayed.headers['idempotent-replayed'], other.headers['idempotent-replayed']]).toEqual([
      'true',
      undefined,
    ]);
  });

  test('five times at once cancels once', async () => {
    const { id } = await anOrder();
    const responses = await Promise.all([1, 2, 3, 4, 5].map(() => cancel(id)));
    expect(new Set(responses.map(({ body }) => body['version']))).toEqual(new Set([2]));
  });

  test.each(['shipped', 'completed'] as const)('is refused for a %s order', async (status) => {
    const { id } = await anOrder(status);
    expect(codeOf(await cancel(id))).toEqual([409, 'ORDER_NOT_CANCELLABLE']);
  });

  test('is 404 for a stranger, and changes nothing', async () => {
    const { id } = await anOrder();
    expect(codeOf(await cancel(id, { caller: eve }))).toEqual([404, 'ORDER_NOT_FOUND']);
    expect(codeOf(await cancel(newId()))).toEqual([404, 'ORDER_NOT_FOUND']);
    expect(codeOf(await ask('get', getOrderRoute, { params: { id }, caller: ada }))).toEqual([
      200,
      'pending',
    ]);
  });
});
