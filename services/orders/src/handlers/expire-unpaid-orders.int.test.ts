import { lambdaContext } from '#shared/testing/http-event.ts';
import { scheduleEvent } from '#shared/testing/queue.ts';
import { minutesAfter } from '../../testing/builders.ts';
import { ada, codeOf, ordersService } from '../../testing/orders-service.ts';
import { getOrderRoute } from '../api.ts';

const { app, anOrder, ask } = await ordersService();
const expireUnpaidOrders = (await import('./expire-unpaid-orders.ts')).handler;

describe('the minute schedule', () => {
  test('cancels what was not paid in time, and nothing else; again it finds nothing', async () => {
    const [unpaid, paid] = [await anOrder(), await anOrder('paid')];
    const many = await Promise.all(Array.from({ length: 45 }, () => anOrder()));
    const run = (at: Date) => expireUnpaidOrders(scheduleEvent(at), lambdaContext());
    await run(minutesAfter(29));
    expect(codeOf(await ask('get', getOrderRoute, { params: { id: unpaid.id }, caller: ada }))).toEqual([
      200,
      'pending',
    ]);
    await Promise.all([run(minutesAfter(31)), run(minutesAfter(31))]);
    await run(minutesAfter(31));
    const response = await ask('get', getOrderRoute, { params: { id: unpaid.id }, caller: ada });
    expect(response.body).toMatchObject({
      status: 'cancelled',
      version: 2,
      cancellation: { reason: 'payment-overdue' },
    });
    expect(codeOf(await ask('get', getOrderRoute, { params: { id: paid.id }, caller: ada }))).toEqual([
      200,
      'paid',
    ]);
    for (const { id } of many)
      expect(await app.reader().find(id)).toMatchObject({ status: 'cancelled', version: 2 });
  });

  test('continues after orders that cannot be cancelled, and reports them', async () => {
    const broken = await Promise.all(Array.from({ length: 20 }, () => anOrder()));
    const ids = broken.map(({ id }) => id);
    await app.database().query('DELETE FROM shipping_info WHERE order_id = ANY($1)', [ids]);
    const sound = await anOrder();
    await expect(expireUnpaidOrders(scheduleEvent(minutesAfter(31)), lambdaContext())).rejects.toThrow(
      '20 overdue orders were not cancelled',
    );
    expect(await app.reader().find(sound.id)).toMatchObject({ status: 'cancelled' });
    await app.database().query('DELETE FROM orders WHERE id = ANY($1)', [ids]);
  });
});
