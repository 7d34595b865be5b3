import { lambdaContext } from '#shared/testing/http-event.ts';
import { eventsIn, scheduleEvent } from '#shared/testing/queue.ts';
import {
  anOrder,
  cancelled,
  created,
  moneyIn,
  moneyOut,
  paymentsService,
} from '../../testing/payments-service.ts';

const { database, published, sandbox, deliver, find, books, outcomesOf, movesOf } = await paymentsService();
const relayOutbox = (await import('./relay-outbox.ts')).handler;

/** As when the database's last minutes are lost with a region, and the provider has the charge. */
const losePayment = async (orderId: string) => {
  for (const lost of [
    'outbox WHERE aggregate_id = $1',
    'ledger WHERE transaction_id IN (SELECT id FROM transactions WHERE payment_id = $1)',
    'transactions WHERE payment_id = $1',
    'attempts WHERE payment_id = $1',
    'payments WHERE id = $1',
  ])
    await database.query(`DELETE FROM ${lost}`, [orderId]);
};

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

  test.each([
    ['before its payment deadline', 0],
    ['after it', -3_600_000],
  ])(
    'whose payment was lost with its region is not charged again when its event is sent again, %s',
    async (_, laterMs) => {
      const order = anOrder();
      await deliver(created(order));
      await losePayment(order.orderId);
      expect(await find(order)).toBeUndefined();
      const paymentDeadline = new Date(Date.parse(order.paymentDeadline) + laterMs).toISOString();
      expect(await deliver(created({ ...order, paymentDeadline }))).toBe('done');
      expect(await find(order)).toMatchObject({ status: 'captured' });
      expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 0 });
    },
  );

  test('whose payment was lost and which is cancelled gets its money back', async () => {
    const order = anOrder();
    await deliver(created(order));
    await losePayment(order.orderId);
    const paymentDeadline = new Date(Date.now() - 1_000).toISOString();
    await deliver(created({ ...order, paymentDeadline }));
    await deliver(cancelled(order));
    expect(await find(order)).toMatchObject({ status: 'refunded' });
    expect(books(order)).toEqual({ charges: 1, chargedCents: 4200, refundedCents: 4200 });
  });

  test('with a declined card is declined, and moves no money', async () => {
    const order = anOrder('pm_card_visa_chargeDeclinedInsufficientFunds');
    const event = created(order);
    expect([await deliver(event), await deliver(event)]).toEqual(['done', 'done']);
    expect(await find(order)).toMatchObject({ status: 'declined', declineCode: 'insufficient_funds' });
    expect([await outcomesOf(order), await movesOf(order)]).toEqual([['declined'], []]);
  });

  test('with an unknown token is declined', async () => {
    const order = anOrder('pm_of_nobody');
    await deliver(created(order));
    expect(await outcomesOf(order)).toEqual(['declined']);
  });

  test('of less than the provider charges is declined', async () => {
    const order = { ...anOrder(), totalCents: 49 };
    expect(await deliver(created(order))).toBe('done');
    expect(await find(order)).toMatchObject({ status: 'declined', declineCode: 'amount_too_small' });
    expect(await outcomesOf(order)).toEqual(['declined']);
  });

  test('is not charged after its payment deadline', async () => {
    const order = anOrder('pm_card_visa', Date.now() - 1);
    expect(await deliver(created(order))).toBe('done');
    expect(await find(order)).toMatchObject({ status: 'due' });
    expect([books(order), await outcomesOf(order)]).toEqual([undefined, []]);
    await deliver(cancelled(order));
    expect(sandbox.ledger(order.orderId).paymentIntents).toMatchObject([{ status: 'canceled' }]);
  });
});

describe('a provider in trouble', () => {
  test.each([1, 2, 3])(
    'whose response %i fails: the message comes back, and the charge is made once',
    async (nth) => {
      const order = anOrder();
      sandbox.changeBehaviour({ failNext: nth });
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

  test('that captures and times out: the next attempt finds it, even after the keys have expired', async () => {
    const order = anOrder();
    sandbox.changeBehaviour({ timeoutAfterCharge: 1 });
    const event = created(order);
    expect(await deliver(event)).toBe('failed');
    expect([books(order)?.charges, await outcomesOf(order)]).toEqual([1, []]);
    sandbox.changeBehaviour({ expireKeys: true });
    expect(await deliver(event)).toBe('done');
    expect([books(order)?.charges, await outcomesOf(order), await movesOf(order)]).toEqual([
      1,
      ['captured'],
      [moneyIn],
    ]);
  });

  test('that had no time for the charge before the deadline is not asked for it later', async () => {
    const order = anOrder();
    sandbox.changeBehaviour({ failNext: 1 });
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

  test('is not charged when its cancellation arrives first', async () => {
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

  test('that was charged without a response is refunded', async () => {
    const order = anOrder();
    sandbox.changeBehaviour({ timeoutAfterCharge: 1 });
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
    sandbox.changeBehaviour({ failNext: 1 });
    expect(await deliver(event)).toBe('failed');
    expect(await find(order)).toMatchObject({ status: 'refund-due' });
    sandbox.changeBehaviour({ expireKeys: true });
    expect(await deliver(event)).toBe('done');
    expect(books(order)).toMatchObject({ refundedCents: 4200 });
  });
});

describe('the ledger', () => {
  test("is zero over all accounts, and matches the provider's own ledger", async () => {
    const refunded = anOrder();
    for (const event of [created(anOrder()), created(refunded), cancelled(refunded, true)])
      expect(await deliver(event)).toBe('done');
    const [row] = await database.query<{ sum: number; balance: number }>(
      `SELECT sum(balance_cents)::int AS sum,
              (sum(balance_cents) FILTER (WHERE account = 'provider-balance'))::int AS balance FROM ledger_balances`,
    );
    const theirs = Object.values(sandbox.ledger().orders).reduce(
      (sum, { chargedCents, refundedCents }) => sum + chargedCents - refundedCents,
      0,
    );
    expect(row).toEqual({ sum: 0, balance: theirs });
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
});
