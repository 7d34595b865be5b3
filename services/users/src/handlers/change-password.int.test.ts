import { randomUUID } from 'node:crypto';
import { furtherCalls } from '../../testing/calls.ts';
import { credentialCalls } from '../../testing/credential-calls.ts';
import { owners } from '../../testing/owners.ts';
import { usersService } from '../../testing/users-service.ts';

const users = await usersService();
const calls = { ...(await furtherCalls()), ...(await credentialCalls()) };
const { changePassword } = calls;
await users.rotateKeys({ onlyIfMissing: true });
const anOwner = owners(users, calls);
const newPassword = 'another correct horse';

describe('changing the password', () => {
  test('keeps this session, ends the others, announces and records it', async () => {
    const { userId, email, password, session, caller, signIn } = await anOwner();
    const other = await signIn();
    const response = await changePassword({ caller, body: { currentPassword: password, newPassword } });
    expect(response.status).toBe(204);
    expect([await session.works(), await other!.works()]).toEqual([true, false]);
    expect(await signIn()).toBeUndefined();
    expect(await signIn({ email, password: newPassword })).toBeDefined();
    expect((await users.announced(userId)).at(-1)).toMatchObject({
      type: 'PASSWORD_CHANGED',
      data: { userId, email },
    });
    expect(await users.actionsOn(userId)).toEqual(['password-changed']);
  });

  test('returns the same response for the same Idempotency-Key, although the password is another by then', async () => {
    const { userId, caller, password } = await anOwner();
    const request = {
      caller,
      body: { currentPassword: password, newPassword },
      headers: { 'Idempotency-Key': randomUUID() },
    };
    await changePassword(request);
    expect(await changePassword(request)).toMatchObject({
      status: 204,
      headers: { 'idempotent-replayed': 'true' },
    });
    expect((await users.announced(userId)).filter(({ type }) => type === 'PASSWORD_CHANGED')).toHaveLength(1);
    const other = await changePassword({
      ...request,
      body: { ...request.body, newPassword: 'a third horse' },
    });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('with the same current password succeeds once, however many requests arrive at once', async () => {
    const { userId, caller, password, session } = await anOwner();
    const responses = await Promise.all(
      Array.from({ length: 4 }, (_, number) =>
        changePassword({
          caller,
          body: { currentPassword: password, newPassword: `${newPassword} ${number}` },
        }),
      ),
    );
    expect(responses.filter(({ status }) => status === 204)).toHaveLength(1);
    expect((await users.announced(userId)).filter(({ type }) => type === 'PASSWORD_CHANGED')).toHaveLength(1);
    expect(await session.works()).toBe(true);
  });

  test.each([
    [403, 'WRONG_PASSWORD', 'currentPassword', { currentPassword: 'not the password' }],
    [422, 'GUESSABLE_PASSWORD', 'newPassword', { newPassword: 'Password123' }],
    [400, 'INVALID_REQUEST', 'newPassword', { newPassword: 'short' }],
    [400, 'INVALID_REQUEST', 'currentPassword', { currentPassword: '' }],
  ])('is refused with %i %s for a wrong %s', async (status, code, field, wrong) => {
    const { caller, password, signIn } = await anOwner();
    const body = { currentPassword: password, newPassword, ...wrong };
    const response = await changePassword({ caller, body });
    expect([response.status, response.body.code, response.body.errors?.[0]?.field]).toEqual([
      status,
      code,
      field,
    ]);
    expect(await signIn()).toBeDefined();
  });

  test('of an account that is gone is 404', async () => {
    const caller = { userId: randomUUID() };
    const body = { currentPassword: 'any password', newPassword };
    expect((await changePassword({ caller, body })).status).toBe(404);
  });
});

describe('wrong current passwords', () => {
  test('are counted: the eleventh is refused, but no sign-in: who is signed in locks nobody out', async () => {
    const { caller, password, signIn } = await anOwner();
    const change = (currentPassword: string) =>
      changePassword({ caller, body: { currentPassword, newPassword } });
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await change('not the password')).body.code).toBe('WRONG_PASSWORD');
    const refused = await change(password);
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_SIGN_INS']);
    expect(await signIn()).toBeDefined();
  });

  test('are reset after a correct one', async () => {
    const { caller, password } = await anOwner();
    const change = (currentPassword: string) =>
      changePassword({ caller, body: { currentPassword, newPassword } });
    for (let attempt = 0; attempt < 9; attempt += 1) await change('not the password');
    expect((await change(password)).status).toBe(204);
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await change('not the password')).body.code).toBe('WRONG_PASSWORD');
  });
});
