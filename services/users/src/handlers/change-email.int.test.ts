import { furtherCalls } from '../../testing/calls.ts';
import { credentialCalls } from '../../testing/credential-calls.ts';
import { owners } from '../../testing/owners.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const calls = { ...(await furtherCalls()), ...(await credentialCalls()) };
const { requestEmail, confirmEmail, changePassword, getMe, requestReset, confirmReset } = calls;
await users.rotateKeys({ onlyIfMissing: true });
const anOwner = owners(users, calls);

/** An owner who has requested a new address, and the token that was mailed to it. */
async function aMove(email = aRegistration().email) {
  const owner = await anOwner();
  const { caller, password: currentPassword } = owner;
  const response = await requestEmail({ caller, body: { email, currentPassword } });
  expect([response.status, response.body]).toEqual([202, { status: 'accepted' }]);
  return { ...owner, newEmail: email, token: await users.mailedToken(email).catch(() => '') };
}
type Move = Awaited<ReturnType<typeof aMove>>;
const emailOf = async ({ caller }: Pick<Move, 'caller'>) => (await getMe({ caller })).body.email;

describe('a new address', () => {
  test('takes effect when it is confirmed, not before', async () => {
    const move = await aMove();
    expect(await emailOf(move)).toBe(move.email);
    const response = await confirmEmail({ caller: move.caller, body: { token: move.token } });
    expect([response.status, response.body.email]).toEqual([200, move.newEmail]);
    expect(await move.signIn({ email: move.newEmail, password: move.password })).toBeDefined();
    expect(await move.signIn()).toBeUndefined();
  });

  test('ends the other sessions, is told to the previous address, and recorded', async () => {
    const move = await aMove();
    const other = await move.signIn();
    await confirmEmail({ caller: move.caller, body: { token: move.token } });
    expect([await move.session.works(), await other!.works()]).toEqual([true, false]);
    expect((await users.announced(move.userId)).slice(2)).toMatchObject([
      { type: 'CONTACT_UPDATED', sequence: 3, data: { email: move.newEmail, previousEmail: move.email } },
      { type: 'EMAIL_VERIFIED', sequence: 4, data: { email: move.newEmail } },
    ]);
    expect(await users.actionsOn(move.userId)).toEqual(['email-changed']);
  });

  test('that belongs to another account gets the same response; its owner is told, and nothing changes', async () => {
    const owner = await anOwner();
    const move = await aMove(owner.email);
    expect(await users.mailsAskedFor(owner.email)).toEqual(['KNOWN_EMAIL_GIVEN']);
    expect(await emailOf(move)).toBe(move.email);
  });

  test('that has become another account’s meanwhile is refused', async () => {
    const { caller, token, newEmail } = await aMove();
    await users.createAccount({ email: newEmail });
    const response = await confirmEmail({ caller, body: { token } });
    expect([response.status, response.body.code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  test('is the one of the newest request', async () => {
    const move = await aMove();
    const newest = aRegistration().email;
    const { caller, password: currentPassword } = move;
    await requestEmail({ caller, body: { email: newest, currentPassword } });
    expect((await confirmEmail({ caller, body: { token: move.token } })).body.code).toBe(
      'INVALID_MAIL_TOKEN',
    );
    const token = await users.mailedToken(newest);
    expect((await confirmEmail({ caller, body: { token } })).body.email).toBe(newest);
  });

  test.each([
    ['wrong', 403, 'not the password'],
    ['missing', 400, undefined],
  ])('is refused with a %s current password, and mails nothing', async (_, status, currentPassword) => {
    const { caller } = await anOwner();
    const { email } = aRegistration();
    const response = await requestEmail({ caller, body: { email, currentPassword } });
    expect([response.status, response.body.errors?.[0]?.field]).toEqual([status, 'currentPassword']);
    expect(await users.mailsAskedFor(email)).toEqual([]);
  });

  test('is mailed nothing else before it is confirmed, and at most five requests an hour', async () => {
    const { caller, password: currentPassword } = await anOwner();
    const { email } = aRegistration();
    await users.database.query('DELETE FROM request_limits');
    for (let number = 0; number < 5; number += 1)
      await requestEmail({ caller, body: { email, currentPassword } });
    expect(await users.mailsAskedFor(email)).toEqual(Array(5).fill('EMAIL_VERIFICATION_REQUESTED'));
    const events = await users.database.query<{ type: string }>(
      `SELECT DISTINCT type FROM outbox WHERE message::json #>> '{data,email}' = $1`,
      [email],
    );
    expect(events).toEqual([{ type: 'EMAIL_VERIFICATION_REQUESTED' }]);
  });
});

describe('the token of a new address', () => {
  test('is used once', async () => {
    const { caller, token } = await aMove();
    await confirmEmail({ caller, body: { token } });
    expect((await confirmEmail({ caller, body: { token } })).status).toBe(422);
  });

  test('is refused for another account, whose owner opened the link, and stays valid for its own', async () => {
    const [move, stranger] = [await aMove(), await anOwner()];
    const refused = await confirmEmail({ caller: stranger.caller, body: { token: move.token } });
    expect([refused.status, refused.body.code]).toEqual([422, 'INVALID_MAIL_TOKEN']);
    expect(await emailOf(stranger)).toBe(stranger.email);
    expect((await confirmEmail({ caller: move.caller, body: { token: move.token } })).status).toBe(200);
  });

  test.each([
    [
      'a changed password',
      ({ caller, password }: Move) =>
        changePassword({ caller, body: { currentPassword: password, newPassword: 'another correct horse' } }),
    ],
    [
      'a reset password',
      async ({ email }: Move) => {
        await requestReset({ email });
        const token = await users.mailedToken(email);
        await confirmReset({ token, newPassword: 'another correct horse' });
      },
    ],
  ])('is obsolete after %s: a thief’s request does not survive it', async (_, recover) => {
    const move = await aMove();
    await recover(move);
    const refused = await confirmEmail({ caller: move.caller, body: { token: move.token } });
    expect([refused.status, await emailOf(move)]).toEqual([422, move.email]);
  });

  test.each([
    ['token', { token: 7 }],
    ['token', {}],
    ['email', { token: 'a', email: 'ada@example.com' }],
  ])('names %s when it is wrong', async (field, body) => {
    const { caller } = await anOwner();
    const response = await confirmEmail({ caller, body });
    expect([response.status, response.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });
});
