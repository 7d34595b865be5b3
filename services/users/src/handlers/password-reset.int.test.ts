import { recordTransactions, tablesByTransaction } from '#shared/testing/transactions.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { credentialCalls } from '../../testing/credential-calls.ts';
import { owners } from '../../testing/owners.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const calls = { ...(await furtherCalls()), ...(await credentialCalls()) };
const { requestReset, confirmReset, changePassword } = calls;
await users.rotateKeys({ onlyIfMissing: true });
const anOwner = owners(users, calls);
const newPassword = 'another correct horse';

async function aResetting() {
  const owner = await anOwner();
  await requestReset({ email: owner.email });
  return { ...owner, token: await users.mailedToken(owner.email) };
}
const disable = (userId: string) =>
  users.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [userId]);

describe('a password is reset', () => {
  test('with the token of the mail: the new one signs in, the old one and all sessions end', async () => {
    const { email, userId, token, session, signIn } = await aResetting();
    const other = await signIn();
    expect((await confirmReset({ token, newPassword })).status).toBe(204);
    expect(await signIn()).toBeUndefined();
    expect(await signIn({ email, password: newPassword })).toBeDefined();
    expect([await session.works(), await other!.works()]).toEqual([false, false]);
    expect((await users.announced(userId)).map(({ type }) => type)).toEqual([
      'USER_REGISTERED',
      'EMAIL_VERIFIED',
      'PASSWORD_CHANGED',
    ]);
    expect(await users.actionsOn(userId)).toEqual(['password-reset']);
  });

  test('once: of eight uses of a token at once, one succeeds', async () => {
    const { token } = await aResetting();
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, number) =>
        confirmReset({ token, newPassword: `${newPassword} ${number}` }),
      ),
    );
    expect(responses.map(({ status }) => status).toSorted()).toEqual([204, ...Array(7).fill(422)]);
  });

  test('not with one that is guessed first, and the token stays valid', async () => {
    const { token } = await aResetting();
    const refused = await confirmReset({ token, newPassword: 'Password123' });
    expect([refused.status, refused.body.code, refused.body.errors?.[0]?.field]).toEqual([
      422,
      'GUESSABLE_PASSWORD',
      'newPassword',
    ]);
    expect((await confirmReset({ token, newPassword })).status).toBe(204);
  });

  test.each([
    ['a newer one', ({ email }: Resetting) => requestReset({ email })],
    ['its expiry', () => users.database.query(`UPDATE mail_tokens SET expires_at = now() - interval '1 s'`)],
    [
      'a changed password',
      ({ caller, password }: Resetting) =>
        changePassword({ caller, body: { currentPassword: password, newPassword: 'a third one, chosen' } }),
    ],
    ['the end of the account', ({ userId }: Resetting) => disable(userId)],
  ])('not with a token after %s', async (_, event) => {
    const resetting = await aResetting();
    await event(resetting);
    const refused = await confirmReset({ token: resetting.token, newPassword });
    expect([refused.status, refused.body.code]).toEqual([422, 'INVALID_MAIL_TOKEN']);
  });

  test('not with a token for another purpose', async () => {
    const body = aRegistration();
    await users.register({ body });
    const token = await users.mailedToken(body.email);
    expect((await confirmReset({ token, newPassword })).status).toBe(422);
  });
});
type Resetting = Awaited<ReturnType<typeof aResetting>>;

test('a reset does the same and responds the same for known, unknown, unconfirmed and disabled accounts', async () => {
  const known = await anOwner();
  const disabled = await anOwner();
  await disable(disabled.userId);
  const unconfirmed = aRegistration();
  await users.register({ body: unconfirmed });
  const writes = await recordTransactions(users.database, [
    'users',
    'mail_tokens',
    'outbox',
    'registrations',
  ]);
  const seen: unknown[] = [];
  for (const { email } of [known, disabled, unconfirmed, aRegistration()]) {
    const { status, body, headers } = await requestReset({ email });
    const { length } = await users.mailsAskedFor(email);
    seen.push({ status, body, headers: Object.keys(headers), writes: tablesByTransaction(await writes()) });
    expect(length).toBe(email === known.email || email === unconfirmed.email ? 1 : 0);
  }
  expect(await users.mailsAskedFor(unconfirmed.email)).toEqual(['EMAIL_VERIFICATION_REQUESTED']);
  expect(seen[0]).toMatchObject({ status: 202, body: { status: 'accepted' } });
  for (const each of seen) expect(each).toEqual(seen[0]);
});

test('an address gets five mails an hour, whether it has an account or not', async () => {
  const { email } = await anOwner();
  for (const address of [email, aRegistration().email]) {
    const responses = await Promise.all(Array.from({ length: 9 }, () => requestReset({ email: address })));
    expect(responses.map(({ status }) => status).toSorted()).toEqual([
      ...Array(5).fill(202),
      ...Array(4).fill(429),
    ]);
  }
  expect(await users.mailsAskedFor(email)).toHaveLength(5);
});

test.each([
  ['token', { token: 7, newPassword }],
  ['token', { newPassword }],
  ['newPassword', { token: 'a', newPassword: 'short' }],
  ['email', { token: 'a', newPassword, email: 'ada@example.com' }],
])('names %s when it is wrong', async (field, body) => {
  const response = await confirmReset(body);
  expect([response.status, response.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
});
