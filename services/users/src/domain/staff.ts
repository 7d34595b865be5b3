import { recordedAction } from '#shared/audit/recorded-action.ts';
import { type Caller, isStaffRole, permissionsOf, type Role, roles } from '#shared/auth/permissions.ts';
import { type CommandMeta, type Decider, refused, unchanged } from '#shared/decider.ts';
import { Forbidden, PreconditionFailed, type ShopError } from '#shared/errors.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { NewEvent } from '#shared/events/event.ts';
import { UserDisabled, UserEnabled } from '#shared/events/users.ts';
import { type ExpectedVersion, expects } from '#shared/expected-version.ts';
import { OwnAccount } from './errors.ts';
import type { User, UserDecision, UserExtra } from './user.ts';

/** Who acts on the account of somebody else. */
export type StaffCaller = Pick<Caller, 'userId' | 'permissions'>;

/** A command of staff to an account. */
export type StaffCommand = CommandMeta & { by: StaffCaller } & (
    | { kind: 'disable' }
    | { kind: 'enable' }
    /** `expectedVersion` is what the client has read. */
    | { kind: 'change-roles'; roles: readonly Role[]; expectedVersion: ExpectedVersion }
  );

/**
 * Decides what staff may change of an account.
 *
 *     enabled ──disable──▶ disabled ──enable──▶ enabled
 *
 * Disabling and other roles end all sessions. That an administrator remains is checked by the database.
 */
export const decideByStaff: Decider<User, StaffCommand, ShopError, UserExtra> = (user, command) => {
  const refusal = refusalToActOn(user, command.by);
  if (refusal !== undefined) return refused(refusal);
  switch (command.kind) {
    case 'disable': {
      if (user.disabledAt !== undefined) return unchanged(user);
      const state = { ...next(user), disabledAt: command.at };
      const events = [announced(UserDisabled, state, command)];
      return { kind: 'changed', state, events, sessionsEnd: {} };
    }
    case 'enable': {
      if (user.disabledAt === undefined) return unchanged(user);
      const state = { ...next(user), disabledAt: undefined };
      return { kind: 'changed', state, events: [announced(UserEnabled, state, command)] };
    }
    case 'change-roles':
      return changeRoles(user, command);
  }
};

/** Support must not reset or disable an administrator: who acts on an account of staff needs the permission to change roles. */
export function refusalToActOn(user: Pick<User, 'id' | 'roles'>, by: StaffCaller): ShopError | undefined {
  if (user.id === by.userId)
    return new OwnAccount('Nobody changes the own account as staff. Ask a colleague.');
  if (user.roles.some(isStaffRole) && !by.permissions.has('users:roles'))
    return new Forbidden('Only administrators may act on an account of staff.');
  return undefined;
}

/** Nobody grants what they may not do: an API key may have the permission to change roles and few others. */
export function refusalToGrant(granted: readonly Role[], by: StaffCaller): ShopError | undefined {
  const customers = permissionsOf(['customer']);
  const missing = [...permissionsOf(granted)].filter(
    (permission) => !customers.has(permission) && !by.permissions.has(permission),
  );
  return missing.length === 0
    ? undefined
    : new Forbidden(`Only who has a role's permissions may grant it: ${missing.join(', ')}.`);
}

/**
 * Roles that are already held change nothing, whatever the version: a client whose response was lost may repeat the request
 * (RFC 9110, 13.1.1).
 */
function changeRoles(user: User, command: Extract<StaffCommand, { kind: 'change-roles' }>): UserDecision {
  const { at, expectedVersion, by } = command;
  const before = inOrder(user.roles);
  const after = inOrder(command.roles);
  if (after.join() === before.join()) return unchanged(user);
  if (!expects(expectedVersion, user.version))
    return refused(
      new PreconditionFailed('The account has changed since it was read. Read it again.', {
        subjects: [{ kind: 'version', message: `is not the current version "${user.version}"` }],
      }),
    );
  const added = after.filter((role) => !before.includes(role));
  const refusal = refusalToGrant(added, by);
  if (refusal !== undefined) return refused(refusal);
  const details = { before: before.join(', '), after: after.join(', ') };
  const target = { kind: 'account', id: user.id };
  const recorded = recordedAction(UserActionRecorded, { action: 'change-roles', target, details }, { at });
  const state = { ...user, roles: after, version: user.version + 1 };
  return { kind: 'changed', state, events: [recorded], rolesChanged: true, sessionsEnd: {} };
}

/** Once each, in the order of the table of roles. */
const inOrder = (given: readonly Role[]): Role[] => roles.filter((role) => given.includes(role));

const next = (user: User): User => ({ ...user, version: user.version + 1, eventCount: user.eventCount + 1 });

const announced = (
  definition: typeof UserDisabled | typeof UserEnabled,
  { id, eventCount }: User,
  { at, eventId }: CommandMeta,
): NewEvent => ({
  definition,
  id: eventId,
  aggregateId: id,
  sequence: eventCount,
  time: at,
  data: { userId: id },
});
