import { newId } from '#shared/ids.ts';
import { aRecordedAction, auditCalls } from '../../testing/actions.ts';
import { usersService } from '../../testing/users-service.ts';

const { database, server } = await usersService();
const { deliver, list, verify } = await auditCalls();
const admin = { userId: newId(), roles: ['admin'] as const };
const entriesOf = async (query: Record<string, string>) => (await list({ query, caller: admin })).body.items;
const everyEntry = () =>
  database.query<{ number: number }>('SELECT number FROM audit_entries ORDER BY number');

/** Writes as the administrator of the server can: without triggers. */
const tamper = (statement: string, parameters: unknown[]) =>
  server.transaction(async (transaction) => {
    await transaction.query("SET LOCAL session_replication_role = 'replica'");
    await transaction.query(statement, parameters);
  });

describe('a recorded action', () => {
  test('is appended once, however often it is delivered', async () => {
    const event = aRecordedAction();
    expect(await deliver(event, event)).toBe(0);
    expect(await deliver(event)).toBe(0);
    expect(await entriesOf({ actorId: event.actor!.id })).toEqual([
      {
        number: expect.any(Number),
        time: event.time,
        service: 'orders',
        action: 'cancel-order',
        target: (event.data as { target: object }).target,
        actor: event.actor,
        clientAddress: '192.0.2.7',
        correlationId: event.correlationId,
        details: {},
      },
    ]);
  });

  test('of many at once has a number of its own, without gaps', async () => {
    const batches = Array.from({ length: 8 }, () => [
      aRecordedAction(),
      aRecordedAction(),
      aRecordedAction(),
    ]);
    expect(await Promise.all(batches.map((batch) => deliver(...batch)))).toEqual(batches.map(() => 0));
    const numbers = (await everyEntry()).map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(await verify()).toMatchObject({ response: { done: true, head: { number: numbers.length } } });
  });

  test('that is not valid fails alone', async () => {
    const event = aRecordedAction();
    expect(await deliver({ ...aRecordedAction(), data: { action: '' } }, event)).toBe(1);
    expect(await entriesOf({ actorId: event.actor!.id })).toHaveLength(1);
  });
});

describe('the list', () => {
  test('is filtered by actor, target, action and time', async () => {
    const [actorId, orderId] = [newId(), newId()];
    await deliver(aRecordedAction({ actorId, orderId }));
    await deliver(aRecordedAction({ actorId, action: 'ship-order' }));
    const actions = async (query: Record<string, string>) =>
      (await entriesOf(query)).map(({ action }) => action);
    expect(await actions({ actorId })).toEqual(['ship-order', 'cancel-order']);
    expect(await actions({ targetId: orderId })).toEqual(['cancel-order']);
    expect(await actions({ actorId, action: 'ship-order' })).toEqual(['ship-order']);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect(await actions({ actorId, since: tomorrow })).toEqual([]);
    expect(await actions({ actorId, until: tomorrow })).toHaveLength(2);
  });

  test('continues by cursor', async () => {
    const actorId = newId();
    await deliver(...Array.from({ length: 5 }, () => aRecordedAction({ actorId })));
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const query = { actorId, limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await list({ query, caller: admin });
      seen.push(...body.items.map(({ number }) => number));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).toBe(5);
  });

  test.each([
    [{ limit: '0' }, 'limit'],
    [{ since: 'yesterday' }, 'since'],
    [{ actorId: "' OR true" }, 'actorId'],
    [{ cursor: 'x' }, 'cursor'],
    [{ what: 'x' }, 'what'],
  ])('refuses %j', async (query: Record<string, string>, field) => {
    const { status, body } = await list({ query, caller: admin });
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test('is for administrators only', async () => {
    for (const role of ['customer', 'support', 'finance'] as const)
      expect((await list({ caller: { userId: newId(), roles: [role] } })).status).toBe(403);
  });
});

describe('the chain', () => {
  test('is checked in parts', async () => {
    await deliver(aRecordedAction(), aRecordedAction(), aRecordedAction());
    const whole = await verify();
    let part = await verify({ limit: 1 });
    while (part.ok && !part.response.done) part = await verify({ after: part.response.head, limit: 1 });
    expect(part).toEqual(whole);
  });

  test.each(['UPDATE audit_entries SET content = $1', 'DELETE FROM audit_entries WHERE content <> $1'])(
    'refuses %s',
    async (statement) => {
      await expect(database.query(statement, ['{}'])).rejects.toThrow('append-only');
    },
  );

  test('names a modified entry, and a missing one', async () => {
    await deliver(aRecordedAction(), aRecordedAction());
    const last = (await everyEntry()).at(-1)!.number;
    const [{ content } = { content: '' }] = await database.query<{ content: string }>(
      'SELECT content FROM audit_entries WHERE number = $1',
      [last - 1],
    );
    const write = 'UPDATE audit_entries SET content = $2 WHERE number = $1';
    await tamper(write, [last - 1, content.replace('cancel-order', 'ship-order')]);
    expect(await verify()).toMatchObject({
      response: { fault: { number: last - 1, kind: 'modified' }, done: true },
    });
    await tamper(write, [last - 1, content]);
    expect(await verify()).toMatchObject({ response: { head: { number: last } } });
    const { response } = (await verify()) as { response: { head: { number: number; hash: string } } };
    expect(await verify({ expected: response.head })).toEqual({ ok: true, response });
    const expected = { ...response.head, hash: '0'.repeat(64) };
    expect(await verify({ expected })).toMatchObject({
      response: { fault: { number: last, kind: 'modified' } },
    });
    const [removed] = await database.query<Record<'event_id' | 'hash' | 'previous_hash', unknown>>(
      'SELECT event_id, hash, previous_hash FROM audit_entries WHERE number = $1',
      [last - 1],
    );
    await tamper('DELETE FROM audit_entries WHERE number = $1', [last - 1]);
    expect(await verify()).toMatchObject({ response: { fault: { number: last - 1, kind: 'missing' } } });
    // Put back, since the other tests read the same log.
    await tamper(
      'INSERT INTO audit_entries (number, event_id, content, hash, previous_hash) VALUES ($1, $2, $3, $4, $5)',
      [last - 1, removed?.event_id, content, removed?.hash, removed?.previous_hash],
    );
    expect(await verify({ expected: response.head })).toEqual({ ok: true, response });
  });
});
