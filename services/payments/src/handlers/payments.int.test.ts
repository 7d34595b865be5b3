import { createHmac } from 'node:crypto';
import { OrderCancelled, OrderCreated } from '#shared/events/orders.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { eventsIn, scheduleEvent, sqsEvent } from '#shared/testing/queue.ts';
import { paymentsEnvironment } from '../../testing/environment.ts';
import { getPayment, health, receiveStripeWebhook } from '../api.ts';

const { database, published, sandbox, webhookSecret } = await paymentsEnvironment();
const app = await import('../app.ts');
const onOrderEvent = (await import('./on-order-event.ts')).handler;
const handlers = {
  get: (await import('./get-payment.ts')).handler,
  webhook: (await import('./receive-stripe-webhook.ts')).handler,
  health: (await import('./health.ts')).handler,
};
const relayOutbox = (await import('./relay-outbox.ts')).handler;
afterAll(() => app.database().end());
afterEach(() => {
  sandbox.behaveWell();
});

type Order = ReturnType<typeof anOrder>;
const anOrder = (paymentMethod = 'pm_card_visa', deadlineMs = Date.now() + 60_000) => ({
  orderId: newId(),
  userId: newId(),
  orderNumber: 'N',
  totalCents: 4200,
  currency: 'EUR' as const,
  lines: [{ productId: newId(), name: 'Lamp', quantity: 1, unitPriceCents: 4200 }],
  paymentMethod,
  paymentDeadline: new Date(deadlineMs).toISOString(),
});
const created = (order: Order) => anEvent(OrderCreated, order, { aggregateId: order.orderId });
const cancelled = ({ lines: _l, paymentMethod: _p, paymentDeadline: _d, ...order }: Order, wasPaid = false) =>
  anEvent(
    OrderCancelled,
    { ...order, reason: 'customer-request', wasPaid },
    { aggregateId: order.orderId, sequence: 2 },
  );
const deliver = async (event: ReturnType<typeof anEvent>) => {
  const { batchItemFailures } = await onOrderEvent(sqsEvent(event), lambdaContext());
  return batchItemFailures.length === 0 ? 'done' : 'failed';
};
const find = ({ orderId }: Order) => app.reader().findByOrder(orderId);
const books = ({ orderId }: Order) => sandbox.ledger(orderId).orders[orderId];
const outcomesOf = async ({ orderId }: Order) =>
  (await eventsIn(published)).flatMap(({ data }) => {
    const said = data as { orderId: string; outcome: string };
    return said.orderId === orderId ? [said.outcome] : [];
  });
const movesOf = async ({ orderId }: Order) => {
  const rows = await database.query<{ debit: string; credit: string; amount_cents: number }>(
    `SELECT l.debit, l.credit, l.amount_cents FROM ledger l JOIN transactions t ON t.id = l.transaction_id
       JOIN payments p ON p.id = t.payment_id WHERE p.order_id = $1 ORDER BY l.at`,
    [orderId],
  );
  return rows.map(({ debit, credit, amount_cents }) => `${credit} → ${debit} ${amount_cents}`);
};
const [moneyIn, moneyOut] = [
  'customer-payments → provider-balance 4200',
  'provider-balance → customer-payments 4200',
];

describe('a new order', () => {
  test('is charged once; the same event again asks the provider nothing more', async () => {
    const order = anOrder();
    const event = created(order);
    expect([await deliver(event), await deliver(event)]).toEqual(['done', 'done']);
    expect(await find(order)).toMatchObject({ status: 'captured', userId: order.userId });
    expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 0 });
    expect([await outcomesOf(order), await movesOf(order)]).toEqual([['captured'], [moneyIn]]);
    const handled = await database.query('SELECT subscriber FROM handled_events WHERE event_id = $1', [
      event.id,
    ]);
    expect(handled).toEqual([{ subscriber: 'payments.on-order-event' }]);
  });

  test('delivered five times at once is charged once', async () => {
    const order = anOrder();
    const event = created(order);
    await Promise.all([1, 2, 3, 4, 5].map(() => deliver(event)));
    expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 0 });
    expect([await outcomesOf(order), await movesOf(order)]).toEqual([['captured'], [moneyIn]]);
  });

  test('with a declined card is declined, and moves no money', async () => {
    const order = anOrder('pm_card_visa_chargeDeclinedInsufficientFunds');
    const event = created(order);
    expect([await deliver(event), await deliver(event)]).toEqual(['done', 'done']);
    expect(await find(order)).toMatchObject({ status: 'declined', declineCode: 'insufficient_funds' });
    expect([await outcomesOf(order), await movesOf(order)]).toEqual([['declined'], []]);
  });

  test('with a token that is nobody’s is declined', async () => {
    const order = anOrder('pm_of_nobody');
    await deliver(created(order));
    expect(await outcomesOf(order)).toEqual(['declined']);
  });

  test('is not charged after its payment deadline', async () => {
    const order = anOrder('pm_card_visa', Date.now() - 1);
    expect(await deliver(created(order))).toBe('done');
    expect(await find(order)).toMatchObject({ status: 'due' });
    expect([sandbox.ledger(order.orderId).paymentIntents, await outcomesOf(order)]).toEqual([[], []]);
  });
});

describe('a provider in trouble', () => {
  test.each([1, 2, 3])(
    'whose answer %i fails: the message comes back, and the charge is made once',
    async (nth) => {
      const order = anOrder();
      sandbox.behave({ failNext: nth });
      const event = created(order);
      const tries: string[] = [];
      do tries.push(await deliver(event));
      while (tries.at(-1) === 'failed' && tries.length < 8);
      expect([tries.length > 1, tries.at(-1)]).toEqual([true, 'done']);
      expect(books(order)).toMatchObject({ charges: 1, chargedCents: 4200 });
      expect(sandbox.ledger(order.orderId).paymentIntents).toHaveLength(1);
      expect(await outcomesOf(order)).toEqual(['captured']);
    },
  );

  test('that takes the money and does not answer: the next try finds it, even when keys are forgotten', async () => {
    const order = anOrder();
    sandbox.behave({ timeoutAfterCharge: 1 });
    const event = created(order);
    expect(await deliver(event)).toBe('failed');
    expect([books(order)?.charges, await outcomesOf(order)]).toEqual([1, []]);
    sandbox.behave({ forgetKeys: true });
    expect(await deliver(event)).toBe('done');
    expect([books(order)?.charges, await outcomesOf(order), await movesOf(order)]).toEqual([
      1,
      ['captured'],
      [moneyIn],
    ]);
  });

  test('that had no time for the charge before the deadline is not asked for it later', async () => {
    const order = anOrder();
    sandbox.behave({ failNext: 1 });
    expect(await deliver(created(order))).toBe('failed');
    await database.query(
      `UPDATE attempts SET deadline = clock_timestamp() WHERE payment_id = (SELECT id FROM payments WHERE order_id = $1)`,
      [order.orderId],
    );
    expect(await deliver(created(order))).toBe('done');
    expect(sandbox.ledger(order.orderId).charges).toEqual([]);
  });
});

describe('a cancelled order', () => {
  test('that was paid gets its money back, once', async () => {
    const order = anOrder();
    await deliver(created(order));
    const event = cancelled(order, true);
    expect([await deliver(event), await deliver(event)]).toEqual(['done', 'done']);
    expect(await find(order)).toMatchObject({ status: 'refunded' });
    expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 4200 });
    expect(await outcomesOf(order)).toEqual(['captured', 'refunded']);
    expect(await movesOf(order)).toEqual([moneyIn, moneyOut]);
  });

  test('is not charged when the news of it comes first', async () => {
    const order = anOrder();
    expect([await deliver(cancelled(order)), await deliver(created(order))]).toEqual(['done', 'done']);
    expect(await find(order)).toMatchObject({ status: 'cancelled' });
    expect([sandbox.ledger(order.orderId).paymentIntents, await outcomesOf(order)]).toEqual([[], []]);
  });

  test('whose charge waits for the customer can no longer be charged', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    await deliver(cancelled(order));
    expect(sandbox.ledger(order.orderId).paymentIntents).toMatchObject([{ status: 'canceled' }]);
    expect(await outcomesOf(order)).toEqual(['requires-action']);
  });

  test('whose card was declined can no longer be charged either', async () => {
    const order = anOrder('pm_card_chargeDeclined');
    await deliver(created(order));
    await deliver(cancelled(order));
    expect(sandbox.ledger(order.orderId).paymentIntents).toMatchObject([{ status: 'canceled' }]);
  });

  test('that was charged without our hearing of it gets its money back', async () => {
    const order = anOrder();
    sandbox.behave({ timeoutAfterCharge: 1 });
    expect(await deliver(created(order))).toBe('failed');
    expect(await deliver(cancelled(order))).toBe('done');
    expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 4200 });
    expect(await movesOf(order)).toEqual([moneyIn, moneyOut]);
    expect(await deliver(created(order))).toBe('done');
    expect(books(order)).toMatchObject({ charges: 1, refundedCents: 4200 });
  });

  test('waits for a provider that does not work, and is then refunded once', async () => {
    const order = anOrder();
    await deliver(created(order));
    const event = cancelled(order, true);
    sandbox.behave({ failNext: 1 });
    expect(await deliver(event)).toBe('failed');
    expect(await find(order)).toMatchObject({ status: 'refund-due' });
    sandbox.behave({ forgetKeys: true });
    expect(await deliver(event)).toBe('done');
    expect(books(order)).toMatchObject({ refundedCents: 4200 });
  });
});

describe('the ledger', () => {
  test('is zero over all accounts, and the provider holds what its own books say', async () => {
    const [row] = await database.query<{ sum: number; held: number }>(
      `SELECT sum(balance_cents)::int AS sum,
              (sum(balance_cents) FILTER (WHERE account = 'provider-balance'))::int AS held FROM ledger_balances`,
    );
    const theirs = Object.values(sandbox.ledger().orders).reduce(
      (sum, { chargedCents, refundedCents }) => sum + chargedCents - refundedCents,
      0,
    );
    expect(row).toEqual({ sum: 0, held: theirs });
  });
});

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
    return send(handlers.webhook, receiveStripeWebhook, { body, headers: signed(body) });
  };
  const confirmWithBank = async (order: Order) => {
    const { id, client_secret } = intentOf(order);
    const answer = await fetch(`${sandbox.url}/v1/test/payment_intents/${id}/authenticate`, {
      method: 'POST',
      body: new URLSearchParams({ client_secret: client_secret ?? '' }),
    });
    expect(answer.status).toBe(200);
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

  test('of money for an order that is cancelled gives it back', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    // The cancellation is on record, and the provider could not be told of it before the customer confirmed.
    sandbox.behave({ failNext: 1 });
    expect(await deliver(cancelled(order))).toBe('failed');
    await confirmWithBank(order);
    await tell('payment_intent.succeeded', intentOf(order).id);
    expect(await find(order)).toMatchObject({ status: 'refunded' });
    expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 4200 });
  });

  test('saves a charge that was not answered', async () => {
    const order = anOrder();
    sandbox.behave({ timeoutAfterCharge: 1 });
    await deliver(created(order));
    await tell('payment_intent.succeeded', intentOf(order).id);
    expect(await outcomesOf(order)).toEqual(['captured']);
    expect(await deliver(created(order))).toBe('done');
    expect(books(order)).toMatchObject({ charges: 1 });
  });

  test('of an intent that is not ours is taken and forgotten', async () => {
    expect((await tell('payment_intent.succeeded', 'pi_of_somebody_else')).status).toBe(200);
  });

  test('that is not signed is refused, and names the header', async () => {
    const answer = await send(handlers.webhook, receiveStripeWebhook, { body: '{}' });
    expect([answer.status, answer.body['code'], answer.body['errors']]).toEqual([
      400,
      'INVALID_SIGNATURE',
      [{ field: 'Stripe-Signature', message: 'is not a recent signature of this body' }],
    ]);
  });

  test('while the provider does not work is 503, so that it comes again', async () => {
    const order = anOrder('pm_card_threeDSecure2Required');
    await deliver(created(order));
    sandbox.behave({ failNext: 1 });
    expect((await tell('payment_intent.succeeded', intentOf(order).id)).status).toBe(503);
  });
});

describe('GET payments/{orderId}', () => {
  const get = (orderId: string, caller?: TestRequest['caller']) =>
    send(handlers.get, getPayment, { params: { orderId }, ...(caller === undefined ? {} : { caller }) });

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

  test('gives the client secret to the payer alone, while the bank waits', async () => {
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

  test('says why a card was declined', async () => {
    const order = anOrder('pm_card_visa_chargeDeclinedLostCard');
    await deliver(created(order));
    expect((await get(order.orderId, { userId: order.userId })).body).toMatchObject({
      declineCode: 'lost_card',
    });
  });

  test('is 404 for a stranger, and for an order that has no payment', async () => {
    const order = anOrder();
    await deliver(created(order));
    for (const answer of [
      await get(order.orderId, { userId: newId() }),
      await get(newId(), { userId: newId() }),
    ])
      expect([answer.status, answer.body['code']]).toEqual([404, 'PAYMENT_NOT_FOUND']);
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

describe('the service', () => {
  test('killed between commit and publish loses nothing: the sweep publishes', async () => {
    const order = anOrder();
    await deliver(created(order));
    await eventsIn(published);
    await database.query(
      "UPDATE outbox SET sent_at = NULL, claimed_until = clock_timestamp() - interval '1 s', id = gen_random_uuid() WHERE sequence = 1",
    );
    await relayOutbox(scheduleEvent(new Date()), lambdaContext());
    expect(await outcomesOf(order)).toEqual(['captured']);
  });

  test('says that its database answers', async () => {
    const { status, body } = await send(handlers.health, health);
    expect([status, body]).toEqual([200, { status: 'ok', service: 'payments', checks: { database: 'ok' } }]);
  });
});
