import { newId } from '#shared/ids.ts';
import { send } from '#shared/testing/http-event.ts';
import { recordTransactions, tablesByTransaction } from '#shared/testing/transactions.ts';
import { anAddress } from '../../testing/builders.ts';
import { startCatalog } from '../../testing/catalog.ts';
import { ordersEnvironment } from '../../testing/environment.ts';
import { cancelOrderRoute, placeOrderRoute } from '../api.ts';

const catalog = await startCatalog();
const { database } = await ordersEnvironment(catalog.url);
const place = (await import('./place-order.ts')).handler;
const cancel = (await import('./cancel-order.ts')).handler;
const app = await import('../app.ts');
afterAll(async () => {
  await app.database().end();
  await catalog.stop();
});
const lamp = newId();
catalog.sells({ productId: lamp, name: 'Lamp', unitPriceCents: 1250, currency: 'EUR' });
const writes = await recordTransactions(database, ['orders', 'order_items', 'shipping_info', 'outbox']);
const caller = { userId: newId() };
const headers = () => ({ 'Idempotency-Key': newId() });

test('an order, its lines, its address and its events are written in one transaction', async () => {
  const body = {
    lines: [{ productId: lamp, quantity: 1 }],
    shippingAddress: anAddress,
    paymentMethod: 'pm_card_visa',
  };
  const placed = await send<{ id: string }>(place, placeOrderRoute, { caller, body, headers: headers() });
  expect(placed.status).toBe(201);
  // The relay then marks the outbox rows as sent.
  expect(tablesByTransaction(await writes()).filter((tables) => tables !== 'outbox')).toEqual([
    'order_items, orders, outbox, shipping_info',
  ]);
  const { id } = placed.body;
  expect((await send(cancel, cancelOrderRoute, { caller, params: { id }, headers: headers() })).status).toBe(
    200,
  );
  expect(tablesByTransaction(await writes()).filter((tables) => tables !== 'outbox')).toEqual([
    'orders, outbox',
  ]);
});
