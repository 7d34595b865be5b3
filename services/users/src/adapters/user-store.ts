import { permissionsOf, type Role } from '#shared/auth/permissions.ts';
import type { ShopError } from '#shared/errors.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import {
  type Change,
  type ChangeStore,
  changeStore,
  type StoreDefinition,
} from '#shared/postgres/change-store.ts';
import { type Queryable, violatedConstraint } from '#shared/postgres/database.ts';
import type { Relay } from '#shared/postgres/outbox.ts';
import { commaSeparated, type Sql, sql } from '#shared/postgres/sql.ts';
import { EmailTaken, LastAdministrator, UserNotFound } from '../domain/errors.ts';
import { nameWords } from '../domain/name-search.ts';
import type { User, UserExtra } from '../domain/user.ts';
import { withdrawInvitationsOf } from './invitations.ts';
import { endSessions, keepSession } from './session-store.ts';
import { selectUsers, type UserRow, userOf } from './user-reader.ts';

/** The only way in which accounts are written. Refuses an e-mail address of another account with EmailTaken. */
export type UserStore = ChangeStore<User, UserExtra>;

/** See {@link UserStore}. */
export const userStore = (database: Queryable, outbox: Relay): UserStore =>
  changeStore(database, outbox, userDefinition);

const insertUser = ({ state: user, passwordHash }: Change<User, UserExtra>, permitted: Sql): Sql => sql`
  written AS (
    INSERT INTO users (id, email, password_hash, version, event_count, created_at, updated_at)
    SELECT ${user.id}::uuid, ${user.email}::text, ${passwordHash}::text, ${user.version}::bigint,
           ${user.eventCount}::bigint, ${user.createdAt}::timestamptz, ${user.createdAt}::timestamptz
     WHERE ${permitted}
    RETURNING id, created_at),
  profile AS (
    INSERT INTO user_profiles (user_id, name, locale, name_words)
    SELECT id, ${user.name}::text, ${user.locale}::text, array_to_tsvector(${nameWords(user.name)}::text[])
      FROM written),
  roles AS (
    INSERT INTO user_roles (user_id, role, granted_at)
    SELECT id, unnest(${user.roles}::text[]), created_at FROM written)`;

function updateUser(change: Change<User, UserExtra>, permitted: Sql): Sql {
  const { state: user, events, passwordHash, checkedHash, rolesChanged, sessionsEnd } = change;
  const at = events[0]?.time;
  return commaSeparated([
    sql`written AS (
      UPDATE users SET ${commaSeparated([
        sql`email = ${user.email}, version = ${user.version}, event_count = ${user.eventCount}`,
        sql`updated_at = ${at}, disabled_at = ${user.disabledAt ?? null}`,
        passwordHash !== undefined && sql`password_hash = ${passwordHash}`,
        sessionsEnd && endSessions,
      ])}
       WHERE id = ${user.id} AND version = ${user.version - 1} AND ${permitted}
             ${checkedHash === undefined ? sql`` : sql`AND password_hash = ${checkedHash}`}
      RETURNING id)`,
    sql`profile AS (
      UPDATE user_profiles SET name = ${user.name}, locale = ${user.locale},
                               name_words = array_to_tsvector(${nameWords(user.name)}::text[])
        FROM written WHERE user_id = written.id)`,
    rolesChanged && replaceRoles(user.roles, at),
    sessionsEnd && sql`obsolete AS (DELETE FROM mail_tokens USING written WHERE subject_id = written.id)`,
    passwordHash !== undefined &&
      sql`forgotten AS (DELETE FROM known_devices USING written WHERE user_id = written.id)`,
    !mayInvite(user) &&
      (rolesChanged || user.disabledAt !== undefined) &&
      sql`withdrawn AS (${withdrawInvitationsOf(sql`SELECT id FROM written`)})`,
    sessionsEnd?.except !== undefined &&
      sql`kept AS (${keepSession(sessionsEnd.except, sql`SELECT id FROM written`)})`,
  ]);
}

/** What somebody has invited is withdrawn when they may invite no more. */
const mayInvite = ({ roles, disabledAt }: User): boolean =>
  disabledAt === undefined && permissionsOf(roles).has('users:roles');

const replaceRoles = (roles: readonly Role[], at: Date | undefined): Sql => sql`
  taken AS (
    DELETE FROM user_roles USING written WHERE user_id = written.id AND role <> ALL(${roles}::text[])),
  granted AS (
    INSERT INTO user_roles (user_id, role, granted_at)
    SELECT id, unnest(${roles}::text[]), ${at}::timestamptz FROM written
    ON CONFLICT (user_id, role) DO NOTHING)`;

const userDefinition: StoreDefinition<User, UserRow, UserExtra> = {
  name: 'account',
  notFound: () => new UserNotFound('There is no such account.'),
  select: (id) => selectUsers(sql`u.id = ${id}`),
  stateOf: userOf,
  recorded: { definition: UserActionRecorded, target: ({ id }) => ({ kind: 'account', id }) },
  insert: insertUser,
  update: updateUser,
  refusalOf,
};

/** The refusal behind an error of the database when it writes accounts, if there is one. */
export function refusalOf(error: unknown): ShopError | undefined {
  const constraint = violatedConstraint(error);
  if (constraint === 'users_email_unique')
    return new EmailTaken('An account with this e-mail address exists. Sign in, or use another address.', {
      subjects: [{ kind: 'email', message: 'belongs to an account' }],
      cause: error,
    });
  if (constraint === 'users_keep_an_administrator')
    return new LastAdministrator('This is the last administrator. Make somebody else administrator first.', {
      cause: error,
    });
  return undefined;
}
