import type { Role } from '#shared/auth/permissions.ts';
import { type CommandMeta, type Decider, type Decision, refused, unchanged } from '#shared/decider.ts';
import { PreconditionFailed, type ShopError } from '#shared/errors.ts';
import type { NewEvent } from '#shared/events/event.ts';
import { ContactUpdated, UserRegistered } from '#shared/events/users.ts';

/** How to reach and address a person. */
export type Contact = { email: string; name: string; locale: string };

/** An account. `version` counts its changes from 1, `eventCount` its events. */
export type User = Contact & {
  id: string;
  roles: Role[];
  version: number;
  eventCount: number;
  createdAt: Date;
  /** Since when staff have disabled it. */
  disabledAt?: Date | undefined;
};

/** Whether an account may sign in. */
export const accountStates = ['active', 'disabled'] as const;
export type AccountState = (typeof accountStates)[number];

/** The state of an account. */
export const stateOf = ({ disabledAt }: User): AccountState =>
  disabledAt === undefined ? 'active' : 'disabled';

/**
 * What a change writes besides the account: the hash of a new password, other roles, and that all sessions end but one.
 */
export type UserExtra = {
  passwordHash?: string;
  rolesChanged?: true;
  sessionsEnd?: { except?: string };
};

/** The decision on a command to an account. */
export type UserDecision = Decision<User, ShopError, UserExtra>;

/** Everything that a new account consists of. */
export type NewUser = CommandMeta & { id: string; contact: Contact; roles: Role[]; passwordHash: string };

/** Registers an account: of a customer, or with the roles that an operator grants. */
export function registerUser({ id, contact, roles, passwordHash, ...meta }: NewUser): UserDecision {
  const user: User = { id, ...contact, roles, version: 1, eventCount: 1, createdAt: meta.at };
  return { kind: 'changed', state: user, events: [userEvent(UserRegistered, user, meta)], passwordHash };
}

/** A command to an existing account. */
export type UserCommand = CommandMeta & {
  kind: 'change-contact';
  contact: Contact;
  /** The version that the client has read. */
  expectedVersion: number;
};

/** Decides every command. A contact that is already stored changes nothing. Refused with PreconditionFailed. */
export const decideUser: Decider<User, UserCommand, ShopError, UserExtra> = (user, command) => {
  const { contact, expectedVersion, ...meta } = command;
  if (user.version !== expectedVersion)
    return refused(
      new PreconditionFailed('The account has changed since it was read. Read it again.', {
        subjects: [{ kind: 'version', message: `is not the current version "${user.version}"` }],
      }),
    );
  if (user.email === contact.email && user.name === contact.name && user.locale === contact.locale)
    return unchanged(user);
  const { version, eventCount } = user;
  const state: User = { ...user, ...contact, version: version + 1, eventCount: eventCount + 1 };
  return { kind: 'changed', state, events: [userEvent(ContactUpdated, state, meta)] };
};

const userEvent = (
  definition: typeof UserRegistered | typeof ContactUpdated,
  user: User,
  { at, eventId }: CommandMeta,
): NewEvent => ({
  definition,
  id: eventId,
  aggregateId: user.id,
  sequence: user.eventCount,
  time: at,
  data: { userId: user.id, email: user.email, name: user.name, locale: user.locale },
});
