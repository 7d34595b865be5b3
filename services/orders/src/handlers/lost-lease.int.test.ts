import { newId } from '#shared/ids.ts';
import { eventually } from '#shared/testing/eventually.ts';
import { send } from '#shared/testing/http-event.ts';
import { anAddress } from '../../testing/builders.ts';
import { startCatalog } from '../../testing/catalog.ts';
import { ordersEnvironment } from '../../testing/environment.ts';
import { placeOrderRoute } from '../api.ts';

const catalog = await startCatalog();
const { database } = await ordersEnvironment(catalog.url);
const { handler } = await import('./place-order.ts');
const app = await import('../app.ts');
afterAll(async () => {
  await app.database().end();
  await catalog.stop();
});

const lamp = newId();
catalog.sells({ productId: lamp, name: 'Lamp', unitPriceCents: 1250, currency: 'EUR' });
const caller = { userId: newId() };

const place = (key: string) =>
  send<{ id: string; code?: string }>(handler, placeOrderRoute, {
    caller,
    headers: { 'Idempotency-Key': key },
    body: {
      lines: [{ productId: lamp, quantity: 1 }],
      shippingAddress: anAddress,
      paymentMethod: 'pm_card_visa',
    },
  });
/** The whole record, with the transaction that wrote it. */
const recordOf = async (key: string) => {
  const [row] = await database.query(
    'SELECT k.xmin::text AS writer, k.* FROM idempotency_keys k WHERE key = $1',
    [key],
  );
  return row;
};
const endLease = (key: string) =>
  database.query(
    `UPDATE idempotency_keys SET locked_until = clock_timestamp() - interval '1 s' WHERE key = $1`,
    [key],
  );

/**
 * A request whose lease ended while it waited for the stock, and its retry, which is still waiting. `finishFirst` and
 * `finishRetry` let the stock respond.
 */
async function overtaken(first: Parameters<typeof catalog.next>[0]) {
  const key = newId();
  const calls = catalog.calls.length;
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  catalog.next({ waitsFor: gates[0].promise, behaviour: first as 'responds' });
  const original = place(key);
  await eventually(() => expect(catalog.calls).toHaveLength(calls + 1));
  await endLease(key);
  catalog.next({ waitsFor: gates[1].promise, behaviour: 'responds' });
  const retry = place(key);
  await eventually(() => expect(catalog.calls).toHaveLength(calls + 2));
  return {
    key,
    record: await recordOf(key),
    finishFirst: () => {
      gates[0].resolve();
      return original;
    },
    finishRetry: () => {
      gates[1].resolve();
      return retry;
    },
  };
}

test.each<[string, Parameters<typeof catalog.next>[0], number]>([
  [
    'is refused',
    { refuses: { code: 'OUT_OF_STOCK', lines: [{ productId: lamp, name: 'Lamp', available: 0 }] } },
    409,
  ],
  ['fails', 'fails', 503],
  ['completes', 'responds', 409],
])(
  'a request that lost its lease and then %s leaves the record to its running retry',
  async (_, outcome, status) => {
    const { key, record, finishFirst, finishRetry } = await overtaken(outcome);
    if (outcome === 'fails') catalog.next('fails'); // the second attempt of the same call
    const [times] = await database.query<{ lease: number; lifetime: number }>(
      `SELECT extract(epoch FROM locked_until - clock_timestamp())::int AS lease,
            extract(epoch FROM expires_at - clock_timestamp())::int AS lifetime
       FROM idempotency_keys WHERE key = $1`,
      [key],
    );
    // API Gateway waits 29 s for a function.
    expect(times!.lease).toBeGreaterThan(25);
    expect(times!.lifetime).toBeGreaterThan(24 * 60 * 60);
    expect((await finishFirst()).status).toBe(status);

    expect(await recordOf(key)).toEqual(record);
    const third = await place(key);
    expect([third.status, third.body.code]).toEqual([409, 'REQUEST_IN_PROGRESS']);

    const retried = await finishRetry();
    expect(retried.status).toBe(201);
    const replayed = await place(key);
    expect([replayed.status, replayed.headers['idempotent-replayed'], replayed.body.id]).toEqual([
      201,
      'true',
      retried.body.id,
    ]);
    const orders = await database.query('SELECT id FROM orders WHERE id = $1', [retried.body.id]);
    expect(orders).toHaveLength(1);
    expect(catalog.reservations.has(retried.body.id)).toBe(true);
  },
);
