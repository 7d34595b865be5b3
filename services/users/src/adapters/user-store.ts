import { UserActionRecorded } from '#shared/events/actions.ts';
import {
  type Change,
  type ChangeStore,
  changeStore,
  type StoreDefinition,
} from '#shared/postgres/change-store.ts';
import { type Database, sqlState, violatedConstraint } from '#shared/postgres/database.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import { EmailTaken, UserNotFound } from '../domain/errors.ts';
import type { User, UserExtra } from '../domain/user.ts';
import { selectUsers, type UserRow, userOf } from './user-reader.ts';

/** The only way in which accounts are written. Refuses an e-mail address of another account with EmailTaken. */
export type UserStore = ChangeStore<User, UserExtra>;

/** See {@link UserStore}. */
export const userStore = (database: Database, outbox: Outbox): UserStore =>
  changeStore(database, outbox, userDefinition);

const insertUser = ({ state: user, passwordHash }: Change<User, UserExtra>, permitted: Sql): Sql => sql`
  written AS (
    INSERT INTO users (id, email, password_hash, version, event_count, created_at, updated_at)
    SELECT ${user.id}::uuid, ${user.email}::text, ${passwordHash}::text, ${user.version}::bigint,
           ${user.eventCount}::bigint, ${user.createdAt}::timestamptz, ${user.createdAt}::timestamptz
     WHERE ${permitted}
    RETURNING id, created_at),
  profile AS (
    INSERT INTO user_profiles (user_id, name, locale)
    SELECT id, ${user.name}::text, ${user.locale}::text FROM written),
  roles AS (
    INSERT INTO user_roles (user_id, role, granted_at)
    SELECT id, unnest(${user.roles}::text[]), created_at FROM written)`;

const updateUser = ({ state: user, events }: Change<User, UserExtra>, permitted: Sql): Sql => sql`
  written AS (
    UPDATE users SET email = ${user.email}, version = ${user.version}, event_count = ${user.eventCount},
                     updated_at = ${events[0]?.time}
     WHERE id = ${user.id} AND version = ${user.version - 1} AND ${permitted}
    RETURNING id),
  profile AS (
    UPDATE user_profiles SET name = ${user.name}, locale = ${user.locale} FROM written WHERE user_id = written.id)`;

const userDefinition: StoreDefinition<User, UserRow, UserExtra> = {
  name: 'account',
  notFound: () => new UserNotFound('There is no such account.'),
  select: (id) => selectUsers(sql`u.id = ${id}`),
  stateOf: userOf,
  recorded: { definition: UserActionRecorded, target: ({ id }) => ({ kind: 'account', id }) },
  insert: insertUser,
  update: updateUser,
  refusalOf: (error) =>
    sqlState(error) === '23505' && violatedConstraint(error) === 'users_email_unique'
      ? new EmailTaken('An account with this e-mail address exists. Sign in, or use another address.', {
          subjects: [{ kind: 'email', message: 'belongs to an account' }],
          cause: error,
        })
      : undefined,
};
