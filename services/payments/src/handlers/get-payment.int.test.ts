import { newId } from '#shared/ids.ts';
import { send, type TestRequest } from '#shared/testing/http-event.ts';
import { anOrder, created, paymentsService } from '../../testing/payments-service.ts';
import { getPaymentRoute, healthRoute } from '../api.ts';

const { deliver } = await paymentsService();
const handlers = {
  get: (await import('./get-payment.ts')).handler,
  health: (await import('./health.ts')).handler,
};

describe('GET payments/{orderId}', () => {
  const get = (orderId: string, caller?: TestRequest['caller']) =>
    send(handlers.get, getPaymentRoute, { params: { orderId }, ...(caller === undefined ? {} : { caller }) });

  test('shows the payer how it stands', async () => {
    const order = anOrder();
    await deliver(created(order));
    const { status, body } = await get(order.orderId, { userId: order.userId });
    expect([status, body]).toEqual([
      200,
      {
        id: expect.any(String),
        orderId: order.orderId,
        status: 'captured',
        amountCents: 4200,
        currency: 'EUR',
        capturedAt: expect.stringMatching(/Z$/),
      },
    ]);
  });

  test('returns the client secret to the payer only, while the bank requires a confirmation', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    const mine = await get(order.orderId, { userId: order.userId });
    const staffs = await get(order.orderId, { userId: newId(), roles: ['support'] });
    expect(mine.body).toMatchObject({
      status: 'action-required',
      clientSecret: expect.stringContaining('secret'),
    });
    expect(staffs.status).toBe(200);
    expect(staffs.body).not.toHaveProperty('clientSecret');
  });

  test('returns why a card was declined', async () => {
    const order = anOrder('pm_card_visa_chargeDeclinedLostCard');
    await deliver(created(order));
    expect((await get(order.orderId, { userId: order.userId })).body).toMatchObject({
      declineCode: 'lost_card',
    });
  });

  test('is 404 for a stranger, and for an order that has no payment', async () => {
    const order = anOrder();
    await deliver(created(order));
    for (const response of [
      await get(order.orderId, { userId: newId() }),
      await get(newId(), { userId: newId() }),
    ])
      expect([response.status, response.body['code']]).toEqual([404, 'PAYMENT_NOT_FOUND']);
  });

  test('is 400 for an id that is none, 401 without a caller, 403 without a role', async () => {
    expect((await get('lamp', { userId: newId() })).body).toMatchObject({
      status: 400,
      errors: [{ field: 'orderId' }],
    });
    expect((await get(newId())).status).toBe(401);
    expect((await get(newId(), { userId: newId(), roles: [] })).status).toBe(403);
  });
});

test('health reports that the database is reachable', async () => {
  const { status, body } = await send(handlers.health, healthRoute);
  expect([status, body]).toEqual([200, { status: 'ok', service: 'payments', checks: { database: 'ok' } }]);
});
