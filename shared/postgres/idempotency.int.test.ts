import { IdempotencyKeyReused, InvalidRequest, RequestInProgress, Unavailable } from '../errors.ts';
import { ok } from '../http/response.ts';
import { fingerprintOf, type IdempotentRequest } from '../idempotency/request.ts';
import { newId } from '../ids.ts';
import { eventually } from '../testing/eventually.ts';
import { aMigratedDatabase } from '../testing/postgres.ts';
import { type Completion, forgetExpiredKeys, idempotently } from './idempotency.ts';
import { sql } from './sql.ts';

const { database } = await aMigratedDatabase();
await database.query('CREATE TABLE effects (resource_id uuid)');

const aRequest = (body: unknown = {}): IdempotentRequest => ({
  scope: 'test:somebody',
  key: newId(),
  fingerprint: fingerprintOf(body),
});

/** What a handler does: an effect and its answer in one transaction. */
const effect = (resourceId: string, complete: Completion) =>
  database.transaction(async (transaction) => {
    await transaction.query(sql`INSERT INTO effects VALUES (${resourceId})`);
    const answer = ok({ resourceId });
    await complete(transaction, answer);
    return answer;
  });
const run = (request: IdempotentRequest | undefined) => idempotently(database, request, effect);
const runWith = (request: IdempotentRequest, work: Parameters<typeof idempotently>[2]) =>
  idempotently(database, request, work);
const effectsOf = (resourceId: unknown) =>
  database.query(sql`SELECT FROM effects WHERE resource_id = ${resourceId}`);
const lapse = ({ key }: IdempotentRequest) =>
  database.query(
    sql`UPDATE idempotency_keys SET locked_until = clock_timestamp() - interval '1 s' WHERE key = ${key}`,
  );
const idOf = (answer: { body?: unknown }) => (answer.body as { resourceId: string }).resourceId;

describe('an idempotent request', () => {
  test('sent again gets the first answer, marked', async () => {
    const request = aRequest();
    const first = await run(request);
    const second = await run(request);
    expect(second).toEqual({ ...first, headers: { 'Idempotent-Replayed': 'true' } });
    expect(await effectsOf(idOf(first))).toHaveLength(1);
  });

  test('ten at once: one effect, and every other hears the same or is asked to wait', async () => {
    const request = aRequest();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => run(request)));
    const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [idOf(result.value)] : []));
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(new Set(answers).size).toBe(1);
    expect(refusals.every((refusal) => refusal instanceof RequestInProgress)).toBe(true);
    expect(await effectsOf(answers[0])).toHaveLength(1);
  });

  test('another body under the same key is refused', async () => {
    const request = aRequest({ quantity: 1 });
    await run(request);
    const other = { ...request, fingerprint: fingerprintOf({ quantity: 2 }) };
    await expect(run(other)).rejects.toThrow(IdempotencyKeyReused);
  });

  test('the same key of another caller is another key', async () => {
    const request = aRequest();
    const first = await run(request);
    const other = await run({ ...request, scope: 'test:somebody-else' });
    expect(idOf(other)).not.toBe(idOf(first));
  });

  test('without a key each request has its effect', async () => {
    const [first, second] = [await run(undefined), await run(undefined)];
    expect(idOf(first)).not.toBe(idOf(second));
  });

  test('a refusal burns no key: the next request may even be another', async () => {
    const request = aRequest({ quantity: 0 });
    const refuse = () => Promise.reject(new InvalidRequest('no'));
    await expect(idempotently(database, request, refuse)).rejects.toThrow(InvalidRequest);
    const better = { ...request, fingerprint: fingerprintOf({ quantity: 1 }) };
    expect((await run(better)).status).toBe(200);
  });

  test('after a fault the same request goes on at once, under the same id', async () => {
    const request = aRequest();
    const seen: string[] = [];
    const faulty = (resourceId: string) => {
      seen.push(resourceId);
      return Promise.reject(new Unavailable('not now'));
    };
    await expect(idempotently(database, request, faulty)).rejects.toThrow(Unavailable);
    expect(idOf(await run(request))).toBe(seen[0]);
    const other = { ...request, fingerprint: fingerprintOf('other') };
    await expect(run(other)).rejects.toThrow(IdempotencyKeyReused);
  });

  test('one whose process died is taken up when its lease lapses, under the same id', async () => {
    const request = aRequest();
    let died = '';
    void idempotently(database, request, (resourceId) => {
      died = resourceId;
      return new Promise(() => {});
    });
    await eventually(() => expect(died).not.toBe(''));
    await expect(run(request)).rejects.toThrow(RequestInProgress);
    await lapse(request);
    expect(idOf(await run(request))).toBe(died);
  });

  test('one that was taken over commits nothing, and takes nothing from its successor', async () => {
    const request = aRequest();
    const first = await runWith(request, async (resourceId, complete) => {
      await lapse(request);
      // The retry is through before the first goes on.
      const retried = await run(request);
      await expect(effect(resourceId, complete)).rejects.toThrow(RequestInProgress);
      expect(await database.query(complete.part(ok({}), sql`true`))).toEqual([]);
      return retried;
    });
    expect(await effectsOf(idOf(first))).toHaveLength(1);
    expect(idOf(await run(request))).toBe(idOf(first));
  });

  test('one that fails after it was taken over does not free the key of its successor', async () => {
    const request = aRequest();
    let retried: string | undefined;
    const refusal = runWith(request, async () => {
      await lapse(request);
      retried = idOf(await run(request));
      throw new InvalidRequest('too late to matter');
    });
    await expect(refusal).rejects.toThrow(InvalidRequest);
    expect(idOf(await run(request))).toBe(retried);
  });

  test('a key is forgotten after its lifetime, and not before', async () => {
    const [old, young] = [aRequest(), aRequest()];
    const [first, other] = [await run(old), await run(young)];
    await database.query(
      sql`UPDATE idempotency_keys SET expires_at = clock_timestamp() - interval '1 s' WHERE key = ${old.key}`,
    );
    expect(idOf(await run(old))).not.toBe(idOf(first));
    await database.query(
      sql`UPDATE idempotency_keys SET expires_at = clock_timestamp() - interval '1 s' WHERE key = ${old.key}`,
    );
    expect(await forgetExpiredKeys(database)).toBe(1);
    expect(idOf(await run(young))).toBe(idOf(other));
  });
});
