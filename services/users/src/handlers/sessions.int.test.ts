import { decodeJwt } from 'jose';
import { newId } from '#shared/ids.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { authorize, listSessions, logout, refresh, revokeOthers, revokeSession } = await furtherCalls();
await users.rotateKeys();

/** An account with a way to sign in; each sign-in is a caller with its tokens. */
async function anAccount() {
  const { email, password } = aRegistration();
  const { id: userId } = await users.createAccount({ email, password });
  const signIn = async (device = 'Browser/1.0', address = '192.0.2.7') => {
    const { body } = await users.login({ email, password }, address, { 'User-Agent': device });
    const sessionId = String(decodeJwt(body.accessToken)['sid']);
    return { ...body, sessionId, caller: { userId, sessionId } };
  };
  return { userId, signIn };
}

type SignedIn = Awaited<ReturnType<Awaited<ReturnType<typeof anAccount>>['signIn']>>;
/** Whether the access token and the refresh token of a session still work. */
const works = async ({ accessToken, refreshToken }: SignedIn) => [
  await authorize(`Bearer ${accessToken}`).then(
    () => true,
    () => false,
  ),
  (await refresh(refreshToken)).status === 200,
];
const actionsOf = async (userId: string) =>
  (
    await users.database.query<{ message: string }>(
      `SELECT message FROM outbox WHERE type = 'USER_ACTION_RECORDED' AND strpos(message, $1) > 0 ORDER BY id`,
      [userId],
    )
  ).map(({ message }) => {
    const { data, actor } = JSON.parse(message);
    return { action: data.action, details: data.details, target: data.target.id, actor: actor?.kind };
  });

describe('the list of sessions', () => {
  test('shows device, place and times, the newest first, and which one is current', async () => {
    const { signIn } = await anAccount();
    const phone = await signIn('Phone/2.0', '198.51.100.3');
    const laptop = await signIn('Laptop/3.0', '2001:db8::7');
    await users.database.query(`UPDATE sessions SET last_used_at = $2 WHERE id = $1`, [
      phone.sessionId,
      new Date('2026-01-01T00:00:00.000Z'),
    ]);
    const { status, body } = await listSessions({ caller: phone.caller });
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect([status, body]).toEqual([
      200,
      {
        items: [
          {
            id: laptop.sessionId,
            device: 'Laptop/3.0',
            clientAddress: '2001:db8::7',
            createdAt: time,
            lastUsedAt: time,
            expiresAt: time,
            current: false,
          },
          expect.objectContaining({
            id: phone.sessionId,
            device: 'Phone/2.0',
            clientAddress: '198.51.100.3',
            lastUsedAt: '2026-01-01T00:00:00.000Z',
            current: true,
          }),
        ],
      },
    ]);
  });

  test('shows a refresh as the last use', async () => {
    const { signIn } = await anAccount();
    const signedIn = await signIn();
    await users.database.query(`UPDATE sessions SET last_used_at = last_used_at - interval '1 hour'`);
    const before = (await listSessions(signedIn)).body.items[0]!;
    await refresh(signedIn.refreshToken);
    const after = (await listSessions(signedIn)).body.items[0]!;
    expect(Date.parse(after.lastUsedAt)).toBeGreaterThan(Date.parse(before.lastUsedAt) + 3_000_000);
    expect([after.id, after.createdAt]).toEqual([before.id, before.createdAt]);
  });

  test('has pages, and no session of another account', async () => {
    const [mine, other] = [await anAccount(), await anAccount()];
    await other.signIn();
    const all: SignedIn[] = [];
    for (let count = 0; count < 3; count += 1) all.push(await mine.signIn());
    const { caller } = all[0]!;
    const first = (await listSessions({ caller, query: { limit: '2' } })).body;
    const rest = (await listSessions({ caller, query: { limit: '2', cursor: first.nextCursor! } })).body;
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(
      all.map(({ sessionId }) => sessionId).reverse(),
    );
    expect(rest.nextCursor).toBeUndefined();
  });

  test('refuses a cursor of another list, and a visitor', async () => {
    const { signIn } = await anAccount();
    const { caller } = await signIn();
    const cursor = Buffer.from('["products", 1]').toString('base64url');
    expect((await listSessions({ caller, query: { cursor } })).body.errors?.[0]?.field).toBe('cursor');
    expect((await listSessions({})).status).toBe(401);
  });
});

describe('revoking a session', () => {
  test('ends this one only, and is recorded', async () => {
    const { signIn, userId } = await anAccount();
    const [current, stolen] = [await signIn(), await signIn()];
    const request = { caller: current.caller, params: { sessionId: stolen.sessionId } };
    expect((await revokeSession(request)).status).toBe(204);
    expect([await works(current), await works(stolen)]).toEqual([
      [true, true],
      [false, false],
    ]);
    expect((await listSessions(current)).body.items.map(({ id }) => id)).toEqual([current.sessionId]);
    expect(await actionsOf(userId)).toEqual([
      {
        action: 'session-revoked',
        details: { sessionId: stolen.sessionId },
        target: userId,
        actor: 'customer',
      },
    ]);
  });

  test('repeated finds no session, and is recorded once', async () => {
    const { signIn, userId } = await anAccount();
    const [current, other] = [await signIn(), await signIn()];
    const request = { caller: current.caller, params: { sessionId: other.sessionId } };
    expect((await revokeSession(request)).status).toBe(204);
    expect((await revokeSession(request)).body.code).toBe('SESSION_NOT_FOUND');
    expect(await actionsOf(userId)).toHaveLength(1);
  });

  test('may be the current one', async () => {
    const signedIn = await (await anAccount()).signIn();
    const request = { caller: signedIn.caller, params: { sessionId: signedIn.sessionId } };
    expect((await revokeSession(request)).status).toBe(204);
    expect(await works(signedIn)).toEqual([false, false]);
  });

  test('of another account is refused like an unknown one', async () => {
    const [mine, other] = [await (await anAccount()).signIn(), await (await anAccount()).signIn()];
    for (const sessionId of [other.sessionId, newId()])
      expect(await revokeSession({ caller: mine.caller, params: { sessionId } })).toMatchObject({
        status: 404,
        body: { code: 'SESSION_NOT_FOUND' },
      });
    expect(await works(other)).toEqual([true, true]);
  });

  test('refuses an id that is none, and a visitor', async () => {
    const { caller } = await (await anAccount()).signIn();
    expect((await revokeSession({ caller, params: { sessionId: 'current' } })).status).toBe(400);
    expect((await revokeSession({ params: { sessionId: newId() } })).status).toBe(401);
  });

  test('during a refresh ends it in either order', async () => {
    const { signIn } = await anAccount();
    const { caller } = await signIn();
    for (let race = 0; race < 20; race += 1) {
      const { refreshToken, sessionId } = await signIn();
      const [goingOn] = await Promise.all([
        refresh(refreshToken),
        revokeSession({ caller, params: { sessionId } }),
      ]);
      const last = goingOn.status === 200 ? goingOn.body.refreshToken : refreshToken;
      expect((await refresh(last)).status).toBe(401);
    }
  });
});

describe('revoking all other sessions', () => {
  test('keeps the current one, is recorded, and may be repeated', async () => {
    const { signIn, userId } = await anAccount();
    const [old, current, other] = [await signIn(), await signIn(), await signIn()];
    for (let time = 0; time < 2; time += 1)
      expect((await revokeOthers({ caller: current.caller })).status).toBe(204);
    expect([await works(old), await works(current), await works(other)]).toEqual([
      [false, false],
      [true, true],
      [false, false],
    ]);
    const [recorded] = await actionsOf(userId);
    expect(recorded).toMatchObject({ action: 'other-sessions-revoked', actor: 'customer' });
  });

  test('ends no session of another account, and refuses a visitor', async () => {
    const [mine, other] = [await (await anAccount()).signIn(), await (await anAccount()).signIn()];
    await revokeOthers({ caller: mine.caller });
    expect(await works(other)).toEqual([true, true]);
    expect((await revokeOthers({})).status).toBe(401);
  });
});

test('signing out ends the access token too', async () => {
  const signedIn = await (await anAccount()).signIn();
  await logout(signedIn.refreshToken);
  expect(await works(signedIn)).toEqual([false, false]);
});

test('a copied refresh token ends the access token too, and is recorded', async () => {
  const { signIn, userId } = await anAccount();
  const stolen = await signIn();
  await refresh(stolen.refreshToken);
  await users.database.query(
    `UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE session_id = $1`,
    [stolen.sessionId],
  );
  for (let time = 0; time < 2; time += 1) expect((await refresh(stolen.refreshToken)).status).toBe(401);
  expect((await works(stolen))[0]).toBe(false);
  expect(await actionsOf(userId)).toEqual([
    { action: 'refresh-token-reused', details: { sessionId: stolen.sessionId }, target: userId },
  ]);
});
