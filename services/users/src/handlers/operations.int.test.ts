import { newId } from '#shared/ids.ts';
import { lambdaContext, send } from '#shared/testing/http-event.ts';
import { scheduleEvent } from '#shared/testing/queue.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
await users.rotateKeys();
const api = await import('../api.ts');
const { handler: createUser } = await import('./create-user.ts');
const { handler: migrate } = await import('./migrate.ts');
const { handler: relayOutbox } = await import('./relay-outbox.ts');
const { handler: health } = await import('./health.ts');
const { handler: getOpenapi } = await import('./get-openapi.ts');

const asAdmin = (email: string) =>
  createUser({ email, name: 'Administrator', roles: ['admin'] } as object, lambdaContext());
const aMinute = scheduleEvent(new Date());

describe('the administrator', () => {
  test('is created once with a password that signs in, and announced', async () => {
    const email = aRegistration().email;
    const made = await asAdmin(email);
    if (!made.ok || made.response.result !== 'created') throw new Error('no administrator was made');
    const { userId, password } = made.response;
    expect((await users.login({ email, password })).status).toBe(200);
    expect(await asAdmin(email)).toEqual({ ok: true, response: { result: 'exists', userId, email } });
    expect((await users.announced(userId)).map(({ type }) => type)).toEqual([
      'USER_REGISTERED',
      'EMAIL_VERIFIED',
    ]);
  });

  test('is refused for an address that a customer has registered', async () => {
    const body = aRegistration();
    await users.createAccount(body);
    expect(await asAdmin(body.email)).toMatchObject({ ok: false, refusal: { code: 'EMAIL_TAKEN' } });
  });

  test('is asked for by an address', async () => {
    await expect(asAdmin('nobody')).rejects.toThrow('email');
  });
});

test('migrating again applies nothing', async () => {
  expect(await migrate({}, lambdaContext())).toMatchObject({ ok: true, response: { applied: [] } });
});

describe('every minute', () => {
  test('publishes what a process left behind that died after its commit', async () => {
    const body = await users.createAccount();
    await users.delivered(body.id);
    await users.database.query(
      `UPDATE outbox SET id = $2, sent_at = NULL, claimed_until = now() - interval '1 second'
        WHERE aggregate_id = $1 AND sequence = 1`,
      [body.id, newId()],
    );
    await relayOutbox(aMinute, lambdaContext());
    expect(await users.delivered(body.id)).toMatchObject({ type: 'USER_REGISTERED' });
    expect(await users.database.query('SELECT FROM outbox WHERE sent_at IS NULL')).toEqual([]);
  });

  test('deletes expired records, and nothing else', async () => {
    const body = aRegistration();
    await users.createAccount(body);
    await users.login({ email: body.email, password: body.password });
    await users.login({ email: body.email, password: body.password });
    await users.login({ email: body.email, password: 'not the password' });
    await users.database.query(
      `UPDATE refresh_tokens SET expires_at = now() - interval '1 second'
        WHERE token_hash = (SELECT token_hash FROM refresh_tokens LIMIT 1)`,
    );
    const count = async (table: string) => (await users.database.query(`SELECT FROM ${table}`)).length;
    const before = {
      tokens: await count('refresh_tokens'),
      failures: await count('failed_attempts'),
      devices: await count('known_devices'),
    };
    await relayOutbox(aMinute, lambdaContext());
    expect(await count('refresh_tokens')).toBe(before.tokens - 1);
    expect(await count('failed_attempts')).toBe(before.failures);
    expect(await count('known_devices')).toBe(before.devices);
    const past = `now() - interval '1 second'`;
    await users.database.query(`UPDATE failed_attempts SET forgotten_at = ${past}, pending_until = ${past}`);
    await users.database.query(`UPDATE known_devices SET expires_at = ${past}`);
    await relayOutbox(aMinute, lambdaContext());
    expect([await count('failed_attempts'), await count('known_devices')]).toEqual([0, 0]);
  });
});

test('health reports that the database is reachable', async () => {
  expect(await send(health, api.healthRoute)).toMatchObject({
    status: 200,
    body: { status: 'ok', service: 'users', checks: { database: 'ok' } },
  });
});

test('the description of the API is served', async () => {
  const { status, headers, body } = await send(getOpenapi, api.getOpenapiRoute);
  expect([status, headers['content-type'], body['openapi']]).toEqual([200, 'application/json', '3.1.0']);
});
