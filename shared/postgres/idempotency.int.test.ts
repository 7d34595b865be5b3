import { IdempotencyKeyReused, InvalidRequest, RequestInProgress, Unavailable } from '../errors.ts';
import { ok } from '../http/response.ts';
import { fingerprintOf, type IdempotentRequest } from '../idempotency/request.ts';
import { type Execution, runIdempotently, type StartedRequest } from '../idempotency/run.ts';
import { newId } from '../ids.ts';
import { eventually } from '../testing/eventually.ts';
import { aMigratedDatabase } from '../testing/postgres.ts';
import { completeRequest, deleteExpiredKeys, postgresIdempotency } from './idempotency.ts';
import { sql } from './sql.ts';

const { database } = await aMigratedDatabase();
const store = postgresIdempotency(database);
await database.query('CREATE TABLE effects (resource_id uuid)');

const aRequest = (body: unknown = {}): IdempotentRequest => ({
  scope: 'test:somebody',
  key: newId(),
  fingerprint: fingerprintOf(body),
});
const responseOf = (resourceId: string) => ok({ resourceId });
const complete = (started: StartedRequest, resourceId = started.resourceId) =>
  database.query(completeRequest(started, responseOf(resourceId), sql`true`));

/** What a handler does: an effect, and its response in the same statement. */
async function effect({ resourceId, started }: Execution) {
  if (started === undefined) await database.query(sql`INSERT INTO effects VALUES (${resourceId})`);
  else
    await database.query(sql`
      WITH completed AS (${completeRequest(started, responseOf(resourceId), sql`true`)})
      INSERT INTO effects SELECT ${resourceId}::uuid FROM completed`);
  return responseOf(resourceId);
}
const run = (request: IdempotentRequest | undefined, work = effect) => runIdempotently(store, request, work);
const effectsOf = (resourceId: unknown) =>
  database.query(sql`SELECT FROM effects WHERE resource_id = ${resourceId}`);
const expireLease = ({ key }: IdempotentRequest) =>
  database.query(
    sql`UPDATE idempotency_keys SET locked_until = clock_timestamp() - interval '1 s' WHERE key = ${key}`,
  );
const recordOf = ({ key }: IdempotentRequest) =>
  database.query<{ locked_until: string; response: unknown }>(
    sql`SELECT locked_until::text, response FROM idempotency_keys WHERE key = ${key}`,
  );
const idOf = (response: { body?: unknown }) => (response.body as { resourceId: string }).resourceId;
/** Starts a request and returns what proves the ownership of its record. */
async function started(request: IdempotentRequest): Promise<StartedRequest> {
  const result = await store.start(request);
  if (result.kind !== 'started') throw new Error('the request is known');
  return result.started;
}

describe('an idempotent request', () => {
  test('sent again returns the first response, marked as replayed', async () => {
    const request = aRequest();
    const first = await run(request);
    const second = await run(request);
    expect(second).toEqual({ ...first, headers: { 'Idempotent-Replayed': 'true' } });
    expect(await effectsOf(idOf(first))).toHaveLength(1);
  });

  test('sent ten times at once has one effect; the others replay it or are refused as in progress', async () => {
    const request = aRequest();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => run(request)));
    const ids = results.flatMap((result) => (result.status === 'fulfilled' ? [idOf(result.value)] : []));
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(new Set(ids).size).toBe(1);
    expect(refusals.filter((refusal) => !(refusal instanceof RequestInProgress))).toEqual([]);
    expect(await effectsOf(ids[0])).toHaveLength(1);
  });

  test('with another body under the same key is refused', async () => {
    const request = aRequest({ quantity: 1 });
    await run(request);
    const other = { ...request, fingerprint: fingerprintOf({ quantity: 2 }) };
    await expect(run(other)).rejects.toThrow(IdempotencyKeyReused);
  });

  test('with the same key of another caller is another request', async () => {
    const request = aRequest();
    const first = await run(request);
    const other = await run({ ...request, scope: 'test:somebody-else' });
    expect(idOf(other)).not.toBe(idOf(first));
  });

  test('without a key has an effect each time', async () => {
    const [first, second] = [await run(undefined), await run(undefined)];
    expect(idOf(first)).not.toBe(idOf(second));
  });

  test('that is refused frees its key, even for another request', async () => {
    const request = aRequest({ quantity: 0 });
    await expect(run(request, () => Promise.reject(new InvalidRequest('no')))).rejects.toThrow(
      InvalidRequest,
    );
    const better = { ...request, fingerprint: fingerprintOf({ quantity: 1 }) };
    expect((await run(better)).status).toBe(200);
  });

  test('that failed continues at once with the same id, and only for the same request', async () => {
    const request = aRequest();
    const ids: string[] = [];
    const failing = ({ resourceId }: Execution) => {
      ids.push(resourceId);
      return Promise.reject(new Unavailable('not now'));
    };
    await expect(run(request, failing)).rejects.toThrow(Unavailable);
    expect(idOf(await run(request))).toBe(ids[0]);
    const other = { ...request, fingerprint: fingerprintOf('other') };
    await expect(run(other)).rejects.toThrow(IdempotencyKeyReused);
  });

  test('whose process died is taken over when its lease expires, with the same id', async () => {
    const request = aRequest();
    let died = '';
    void run(request, ({ resourceId }) => {
      died = resourceId;
      return new Promise(() => {});
    });
    await eventually(() => expect(died).not.toBe(''));
    await expect(run(request)).rejects.toThrow(RequestInProgress);
    await expireLease(request);
    expect(idOf(await run(request))).toBe(died);
  });

  test('is kept for its lifetime and then deleted', async () => {
    const [old, young] = [aRequest(), aRequest()];
    const [first, other] = [await run(old), await run(young)];
    const expire = () =>
      database.query(
        sql`UPDATE idempotency_keys SET expires_at = clock_timestamp() - interval '1 s' WHERE key = ${old.key}`,
      );
    await expire();
    expect(idOf(await run(old))).not.toBe(idOf(first));
    await expire();
    expect(await deleteExpiredKeys(database)).toBe(1);
    expect(idOf(await run(young))).toBe(idOf(other));
  });
});

describe('an attempt that lost its lease, while its successor is still running,', () => {
  async function takenOver() {
    const request = aRequest();
    const first = await started(request);
    await expireLease(request);
    const successor = await started(request);
    expect(successor.resourceId).toBe(first.resourceId);
    expect(successor.lease).not.toBe(first.lease);
    return { request, first, successor };
  }

  test.each([
    ['is refused', new InvalidRequest('no')],
    ['fails', new Unavailable('not now')],
    ['fails unexpectedly', new Error('broken')],
  ])('does not release the record when it %s', async (_, error) => {
    const { request, first, successor } = await takenOver();
    const before = await recordOf(request);
    expect(await store.fail(first, error)).toBeUndefined();
    expect(await recordOf(request)).toEqual(before);
    await expect(run(request)).rejects.toThrow(RequestInProgress);
    expect(await complete(successor)).toHaveLength(1);
  });

  test('does not complete the record', async () => {
    const { request, first, successor } = await takenOver();
    expect(await complete(first, newId())).toEqual([]);
    expect(await recordOf(request)).toMatchObject([{ response: null }]);
    expect(await complete(successor)).toHaveLength(1);
    expect(idOf(await run(request))).toBe(successor.resourceId);
  });

  test('does not complete the record after its successor has', async () => {
    const { request, first, successor } = await takenOver();
    await complete(successor);
    expect(await complete(first, newId())).toEqual([]);
    expect(idOf(await run(request))).toBe(successor.resourceId);
  });
});
