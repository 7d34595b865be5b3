import { aCaller } from '#shared/testing/callers.ts';
import { decideByStaff, type StaffCommand } from './staff.ts';
import type { User } from './user.ts';

const at = new Date('2026-03-01T00:00:00.000Z');
const aUser = (over: Partial<User> = {}): User => ({
  id: 'user',
  email: 'ada@example.com',
  name: 'Ada',
  locale: 'en',
  roles: ['customer'],
  version: 3,
  eventCount: 5,
  createdAt: at,
  secondFactor: false,
  ...over,
});
type Given = Record<string, unknown>;
const decide = (user: User, command: Given) =>
  decideByStaff(user, { by: aCaller('admin'), at, eventId: 'event', ...command } as unknown as StaffCommand);
const roles = (user: User, given: User['roles'], over: Given = {}) =>
  decide(user, { kind: 'change-roles', roles: given, expectedVersion: [user.version], ...over });

describe('disabling', () => {
  test('is announced and ends all sessions', () => {
    expect(decide(aUser(), { kind: 'disable' })).toMatchObject({
      kind: 'changed',
      state: { disabledAt: at, version: 4, eventCount: 6 },
      events: [{ definition: { type: 'USER_DISABLED' }, sequence: 6, data: { userId: 'user' } }],
      sessionsEnd: {},
    });
  });

  test('changes nothing if it is disabled', () => {
    expect(decide(aUser({ disabledAt: at }), { kind: 'disable' }).kind).toBe('unchanged');
  });

  test('is undone by enabling', () => {
    const decision = decide(aUser({ disabledAt: at }), { kind: 'enable' });
    expect(decision).toMatchObject({ kind: 'changed', events: [{ definition: { type: 'USER_ENABLED' } }] });
    expect(decision.kind === 'changed' && decision.state.disabledAt).toBeUndefined();
    expect(decide(aUser(), { kind: 'enable' }).kind).toBe('unchanged');
  });
});

describe('other roles', () => {
  test('end all sessions and are recorded with what they were', () => {
    expect(roles(aUser(), ['finance', 'support', 'finance'])).toMatchObject({
      kind: 'changed',
      state: { roles: ['support', 'finance'], version: 4, eventCount: 5 },
      events: [
        { data: { action: 'change-roles', details: { before: 'customer', after: 'support, finance' } } },
      ],
      rolesChanged: true,
      sessionsEnd: {},
    });
  });

  test('that are held already change nothing, whatever version was read', () => {
    const user = aUser({ roles: ['support', 'finance'] });
    expect(roles(user, ['finance', 'support'], { expectedVersion: [1] }).kind).toBe('unchanged');
  });

  test('of another version than the client read are refused', () => {
    expect(roles(aUser(), ['support'], { expectedVersion: [2] })).toMatchObject({
      refusal: { code: 'PRECONDITION_FAILED' },
    });
  });

  test('are refused to who may change roles and lacks what they permit', () => {
    const by = { userId: 'key', permissions: new Set(['users:roles', 'reports:read'] as const) };
    expect(roles(aUser(), ['admin'], { by })).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
    expect(roles(aUser({ roles: ['admin'] }), ['customer'], { by }).kind).toBe('changed');
  });
});

describe.each(['disable', 'enable', 'change-roles'] as const)('%s', (kind) => {
  const command = { kind, roles: ['customer'], expectedVersion: [3] };

  test('is refused on the own account', () => {
    const by = aCaller('admin', 'user');
    expect(decide(aUser({ roles: ['admin'] }), { ...command, by })).toMatchObject({
      refusal: { code: 'OWN_ACCOUNT' },
    });
  });

  test('is refused on an account of staff to who may not change roles', () => {
    const by = { userId: 'key', permissions: new Set(['users:disable'] as const) };
    expect(decide(aUser({ roles: ['support'] }), { ...command, by })).toMatchObject({
      refusal: { code: 'FORBIDDEN' },
    });
  });
});
