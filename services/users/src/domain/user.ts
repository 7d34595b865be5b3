import { recordedAction } from '#shared/audit/recorded-action.ts';
import type { Role } from '#shared/auth/permissions.ts';
import { type CommandMeta, type Decider, type Decision, refused, unchanged } from '#shared/decider.ts';
import { PreconditionFailed, type ShopError } from '#shared/errors.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { EventDefinition, NewEvent } from '#shared/events/event.ts';
import { ContactUpdated, EmailVerified, PasswordChanged, UserRegistered } from '#shared/events/users.ts';
import { type ExpectedVersion, expects } from '#shared/expected-version.ts';
import { newId } from '#shared/ids.ts';
import { InvalidMailToken } from './errors.ts';

/** How to reach and address a person. */
export type Contact = { email: string; name: string; locale: string };

/** An account. `version` counts its changes from 1, `eventCount` its events. */
export type User = Contact & {
  id: string;
  roles: Role[];
  version: number;
  eventCount: number;
  createdAt: Date;
  /** Whether it has an active second factor. */
  secondFactor: boolean;
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
 * With the sessions, all tokens in mails become obsolete.
 */
export type UserExtra = {
  passwordHash?: string;
  /** The hash with which the current password was checked: nothing is written if another one is stored by now. */
  checkedHash?: string;
  rolesChanged?: true;
  sessionsEnd?: { except?: string };
};

/** The decision on a command to an account. */
export type UserDecision = Decision<User, ShopError, UserExtra>;

/** Everything that a new account consists of. */
export type NewUser = CommandMeta & { id: string; contact: Contact; roles: Role[]; passwordHash: string };

/** Creates an account, whose address is confirmed: of a customer, or with the roles that an operator grants. */
export function registerUser({ id, contact, roles, passwordHash, ...meta }: NewUser): UserDecision {
  const user: User = {
    id,
    ...contact,
    roles,
    version: 1,
    eventCount: 2,
    createdAt: meta.at,
    secondFactor: false,
  };
  const registered = userEvent(UserRegistered, user, 1, meta.at, contactOf(user));
  return { kind: 'changed', state: user, events: [registered, emailVerified(user, meta)], passwordHash };
}

/** A command to an existing account. */
export type UserCommand = CommandMeta &
  (
    | {
        kind: 'change-profile';
        profile: Pick<Contact, 'name' | 'locale'>;
        /** What the client has read. */
        expectedVersion: ExpectedVersion;
      }
    /** The owner of the new address has confirmed it, in a session that stays. */
    | { kind: 'change-email'; email: string; keptSession: string }
    /** The caller has given the current password, in a session that stays. */
    | { kind: 'change-password'; passwordHash: string; checkedHash: string; keptSession: string }
    /** The caller has given a token that was mailed. */
    | { kind: 'reset-password'; passwordHash: string }
  );

/** Decides every command. What is already so changes nothing. Refused with PreconditionFailed, InvalidMailToken. */
export const decideUser: Decider<User, UserCommand, ShopError, UserExtra> = (user, command) => {
  switch (command.kind) {
    case 'change-profile':
      return changeProfile(user, command);
    case 'change-email':
      return changeEmail(user, command);
    case 'change-password': {
      const { checkedHash, keptSession } = command;
      return { ...setPassword(user, command), checkedHash, sessionsEnd: { except: keptSession } };
    }
    case 'reset-password':
      return user.disabledAt === undefined
        ? { ...setPassword(user, command), sessionsEnd: {} }
        : refused(new InvalidMailToken('This link is not valid any more. Request another mail.'));
  }
};

type CommandOf<Kind> = Extract<UserCommand, { kind: Kind }>;

function changeProfile(
  user: User,
  { profile, expectedVersion, at }: CommandOf<'change-profile'>,
): UserDecision {
  if (!expects(expectedVersion, user.version))
    return refused(
      new PreconditionFailed('The account has changed since it was read. Read it again.', {
        subjects: [{ kind: 'version', message: `is not the current version "${user.version}"` }],
      }),
    );
  if (user.name === profile.name && user.locale === profile.locale) return unchanged(user);
  const state = next(user, profile, 1);
  return {
    kind: 'changed',
    state,
    events: [userEvent(ContactUpdated, state, state.eventCount, at, contactOf(state))],
  };
}

function changeEmail(user: User, { email, keptSession, ...meta }: CommandOf<'change-email'>): UserDecision {
  if (user.email === email) return unchanged(user);
  const state = next(user, { email }, 2);
  const updated = { ...contactOf(state), previousEmail: user.email };
  return {
    kind: 'changed',
    state,
    events: [
      userEvent(ContactUpdated, state, state.eventCount - 1, meta.at, updated),
      emailVerified(state, meta),
      recorded('email-changed', state, meta),
    ],
    sessionsEnd: { except: keptSession },
  };
}

function setPassword(
  user: User,
  { kind, passwordHash, ...meta }: CommandOf<'change-password' | 'reset-password'>,
): Extract<UserDecision, { kind: 'changed' }> {
  const state = next(user, {}, 1);
  const { id: userId, email } = state;
  return {
    kind: 'changed',
    state,
    events: [
      userEvent(PasswordChanged, state, state.eventCount, meta.at, { userId, email }),
      recorded(kind === 'change-password' ? 'password-changed' : 'password-reset', state, meta),
    ],
    passwordHash,
  };
}

/** The account after a change with that many events of its own. */
const next = (user: User, changed: Partial<Contact>, events: number): User => ({
  ...user,
  ...changed,
  version: user.version + 1,
  eventCount: user.eventCount + events,
});

const contactOf = ({ id, email, name, locale }: User) => ({ userId: id, email, name, locale });

const userEvent = <D extends EventDefinition>(
  definition: D,
  { id: aggregateId }: User,
  sequence: number,
  time: Date,
  data: NewEvent<D>['data'],
): NewEvent => ({ definition, id: newId(), aggregateId, sequence, time, data });

const emailVerified = (user: User, { at }: CommandMeta): NewEvent =>
  userEvent(EmailVerified, user, user.eventCount, at, { userId: user.id, email: user.email });

/** Puts an action of a customer into the audit log; what staff do is recorded by the change store. */
const recorded = (action: string, { id }: User, { at }: CommandMeta): NewEvent =>
  recordedAction(UserActionRecorded, { action, target: { kind: 'account', id } }, { at });
