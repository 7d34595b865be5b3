import { decideUser, registerUser, type UserCommand } from './user.ts';

const contact = { email: 'ada@example.com', name: 'Ada', locale: 'en' };
const at = new Date('2026-03-01T00:00:00.000Z');
const registered = () => {
  const decision = registerUser({
    id: 'user',
    contact,
    roles: ['customer'],
    passwordHash: 'hash',
    at,
    eventId: 'event-1',
  });
  if (decision.kind !== 'changed') throw new Error(decision.kind);
  return decision;
};
const change = (command: Partial<Extract<UserCommand, { kind: 'change-profile' }>>) =>
  decideUser(registered().state, {
    kind: 'change-profile',
    profile: { name: 'Ada', locale: 'en' },
    expectedVersion: [1],
    at,
    eventId: 'event-2',
    ...command,
  });

describe('an account', () => {
  test('starts at version 1 with its first event', () => {
    const { state, events, passwordHash } = registered();
    expect(state).toMatchObject({ ...contact, version: 1, eventCount: 2, roles: ['customer'] });
    expect(events).toMatchObject([
      { definition: { type: 'USER_REGISTERED' }, aggregateId: 'user', sequence: 1 },
      { definition: { type: 'EMAIL_VERIFIED' }, aggregateId: 'user', sequence: 2 },
    ]);
    expect(passwordHash).toBe('hash');
  });

  test('that changes announces its next event with its next version', () => {
    expect(change({ profile: { name: 'Countess', locale: 'en' } })).toMatchObject({
      kind: 'changed',
      state: { name: 'Countess', version: 2, eventCount: 3 },
      events: [{ sequence: 3, data: { name: 'Countess' } }],
    });
  });

  test('with the same contact is unchanged', () => {
    expect(change({})).toEqual({ kind: 'unchanged', state: registered().state });
  });

  test('that has another version than the client read is refused', () => {
    expect(change({ expectedVersion: [7] })).toMatchObject({
      kind: 'refused',
      refusal: { code: 'PRECONDITION_FAILED', subjects: [{ kind: 'version' }] },
    });
  });
});

describe('credentials', () => {
  const command = { at, eventId: 'event-2' };
  const { state: user } = registered();

  test('a new address announces contact and confirmation, and ends all sessions but one', () => {
    const email = 'new@example.com';
    expect(decideUser(user, { kind: 'change-email', email, keptSession: 's', ...command })).toMatchObject({
      kind: 'changed',
      state: { email, version: 2, eventCount: 4 },
      events: [
        { sequence: 3, data: { email, previousEmail: 'ada@example.com' } },
        { sequence: 4, data: { email } },
        { data: { action: 'email-changed' } },
      ],
      sessionsEnd: { except: 's' },
    });
  });

  test('the same address changes nothing', () => {
    const { email } = user;
    const decision = decideUser(user, { kind: 'change-email', email, keptSession: 's', ...command });
    expect(decision).toEqual({ kind: 'unchanged', state: user });
  });

  test('a changed password keeps one session, a reset none', () => {
    const hashes = { passwordHash: 'new', checkedHash: 'hash' };
    expect(
      decideUser(user, { kind: 'change-password', ...hashes, keptSession: 's', ...command }),
    ).toMatchObject({ ...hashes, state: { version: 2, eventCount: 3 }, sessionsEnd: { except: 's' } });
    expect(decideUser(user, { kind: 'reset-password', passwordHash: 'new', ...command })).toMatchObject({
      passwordHash: 'new',
      sessionsEnd: {},
      events: [{ sequence: 3, data: { userId: 'user' } }, { data: { action: 'password-reset' } }],
    });
  });

  test('the password of a disabled account is not reset', () => {
    const disabled = { ...user, disabledAt: at };
    expect(decideUser(disabled, { kind: 'reset-password', passwordHash: 'new', ...command })).toMatchObject({
      kind: 'refused',
      refusal: { code: 'INVALID_MAIL_TOKEN' },
    });
  });
});
