import { createHmac } from 'node:crypto';
import { send } from '#shared/testing/http-event.ts';
import { anOrder, cancelled, created, moneyIn, paymentsService } from '../../testing/payments-service.ts';
import { receiveStripeWebhookRoute } from '../api.ts';

const { sandbox, webhookSecret, deliver, find, books, outcomesOf, movesOf } = await paymentsService();
const { handler } = await import('./receive-stripe-webhook.ts');
type Order = ReturnType<typeof anOrder>;

describe('a webhook', () => {
  const intentOf = (order: Order) => {
    const [intent] = sandbox.ledger(order.orderId).paymentIntents;
    if (intent === undefined) throw new Error('no intent');
    return intent;
  };
  const signed = (body: string) => {
    const seconds = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', webhookSecret).update(`${seconds}.${body}`).digest('hex');
    return { 'Stripe-Signature': `t=${seconds},v1=${signature}` };
  };
  const tell = (type: string, intentId: string) => {
    const body = JSON.stringify({
      id: 'evt_1',
      object: 'event',
      type,
      data: { object: { id: intentId, object: 'payment_intent' } },
    });
    return send(handler, receiveStripeWebhookRoute, { body, headers: signed(body) });
  };
  const confirmWithBank = async (order: Order) => {
    const { id, client_secret } = intentOf(order);
    const response = await fetch(`${sandbox.url}/v1/test/payment_intents/${id}/authenticate`, {
      method: 'POST',
      body: new URLSearchParams({ client_secret: client_secret ?? '' }),
    });
    expect(response.status).toBe(200);
  };

  test('that the bank confirmed completes the payment; twice, late or out of order changes nothing', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    const { id } = intentOf(order);
    expect((await tell('payment_intent.requires_action', id)).status).toBe(200);
    await confirmWithBank(order);
    for (const type of ['succeeded', 'succeeded', 'requires_action', 'payment_failed', 'created'])
      expect((await tell(`payment_intent.${type}`, id)).body).toEqual({ received: true });
    expect(await find(order)).toMatchObject({ status: 'captured' });
    expect([await outcomesOf(order), await movesOf(order)]).toEqual([
      ['requires-action', 'captured'],
      [moneyIn],
    ]);
  });

  test('believes the provider, not the notice', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    await tell('payment_intent.succeeded', intentOf(order).id);
    expect(await find(order)).toMatchObject({ status: 'action-required' });
  });

  test('about money for a cancelled order refunds it', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    // The cancellation is stored, but did not reach the provider before the customer confirmed.
    sandbox.changeBehaviour({ failNext: 1 });
    expect(await deliver(cancelled(order))).toBe('failed');
    await confirmWithBank(order);
    await tell('payment_intent.succeeded', intentOf(order).id);
    expect(await find(order)).toMatchObject({ status: 'refunded' });
    expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 4200 });
  });

  test('completes a charge without a response', async () => {
    const order = anOrder();
    sandbox.changeBehaviour({ timeoutAfterCharge: 1 });
    await deliver(created(order));
    await tell('payment_intent.succeeded', intentOf(order).id);
    expect(await outcomesOf(order)).toEqual(['captured']);
    expect(await deliver(created(order))).toBe('done');
    expect(books(order)).toMatchObject({ charges: 1 });
  });

  test('about an unknown intent is accepted and ignored', async () => {
    expect((await tell('payment_intent.succeeded', 'pi_of_somebody_else')).status).toBe(200);
  });

  test.each(['pi_\0', 'pi_ 1', '', 'p'.repeat(256), 5, { id: 'pi_1' }, undefined])(
    'with an invalid intent id (%j) is accepted and ignored',
    async (intentId) => {
      const response = await tell('payment_intent.succeeded', intentId as string);
      expect([response.status, response.body]).toEqual([200, { received: true }]);
    },
  );

  test.each(['{}', '[]', '"event"', '{"type":5,"data":{"object":{}}}', '{"type":"x","data":null}'])(
    'that is signed but not an event (%s) is accepted and ignored',
    async (body) => {
      const response = await send(handler, receiveStripeWebhookRoute, { body, headers: signed(body) });
      expect([response.status, response.body]).toEqual([200, { received: true }]);
    },
  );

  test('that is not signed is refused, and names the header', async () => {
    const response = await send(handler, receiveStripeWebhookRoute, { body: '{}' });
    expect([response.status, response.body['code'], response.body['errors']]).toEqual([
      403,
      'INVALID_SIGNATURE',
      [{ field: 'Stripe-Signature', message: 'is not a recent signature of this body' }],
    ]);
  });

  test('while the provider is down is 503, so that it is sent again', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    sandbox.changeBehaviour({ failNext: 1 });
    expect((await tell('payment_intent.succeeded', intentOf(order).id)).status).toBe(503);
  });
});
