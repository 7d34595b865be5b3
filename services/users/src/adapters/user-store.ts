import type { Cause } from '#shared/events/event.ts';
import { type Database, sqlState, type Transaction, violatedConstraint } from '#shared/postgres/database.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { EmailTaken, UserNotFound } from '../domain/errors.ts';
import type { Decided, User } from '../domain/user.ts';
import { findToChange } from './user-reader.ts';

/** Runs in the transaction of a change, with the account as it will be. */
export type AlsoWrite = (transaction: Transaction, user: User) => Promise<void>;

/** The only way by which accounts are written: state and facts in one transaction, relayed after it. */
export type UserStore = {
  /** @throws EmailTaken */
  add(decided: Decided, passwordHash: string, cause: Cause, also: AlsoWrite): Promise<User>;
  /** @throws UserNotFound, EmailTaken, and what `decide` throws */
  change(id: string, decide: (user: User) => Decided, cause: Cause, also: AlsoWrite): Promise<User>;
};

/** See {@link UserStore}. */
export function userStore(database: Database, outbox: Outbox): UserStore {
  const commit = async (
    cause: Cause,
    also: AlsoWrite,
    write: (transaction: Transaction) => Promise<Decided>,
  ): Promise<User> => {
    const { user, written } = await database
      .transaction(async (transaction) => {
        const decided = await write(transaction);
        const appended = await outbox.append(transaction, decided.events, cause);
        await also(transaction, decided.user);
        return { user: decided.user, written: appended };
      })
      .catch(refuseTakenEmail);
    await outbox.relay(written);
    return user;
  };

  return {
    add: (decided, passwordHash, cause, also) =>
      commit(cause, also, async (transaction) => {
        await insert(transaction, decided.user, passwordHash);
        return decided;
      }),
    change: (id, decide, cause, also) =>
      commit(cause, also, async (transaction) => {
        const found = await findToChange(transaction, id);
        if (found === undefined) throw new UserNotFound('This account is not there (any more).');
        const decided = decide(found.user);
        if (decided.user.version !== found.user.version) await update(transaction, decided);
        return decided;
      }),
  };
}

const insert = (transaction: Transaction, user: User, passwordHash: string) =>
  transaction.query(
    `WITH account AS (
       INSERT INTO users (id, email, password_hash, version, event_count, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6)),
     profile AS (INSERT INTO user_profiles (user_id, name, locale) VALUES ($1, $7, $8))
     INSERT INTO user_roles (user_id, role, granted_at) SELECT $1, unnest($9::text[]), $6`,
    [
      user.id,
      user.email,
      passwordHash,
      user.version,
      user.eventCount,
      user.createdAt,
      user.name,
      user.locale,
      user.roles,
    ],
  );

const update = (transaction: Transaction, { user, events }: Decided) =>
  transaction.query(
    `WITH account AS (
       UPDATE users SET email = $2, version = $3, event_count = $4, updated_at = $5 WHERE id = $1)
     UPDATE user_profiles SET name = $6, locale = $7 WHERE user_id = $1`,
    [user.id, user.email, user.version, user.eventCount, events[0]?.time, user.name, user.locale],
  );

function refuseTakenEmail(error: unknown): never {
  if (sqlState(error) === '23505' && violatedConstraint(error) === 'users_email_unique')
    throw new EmailTaken('An account with this e-mail address exists. Sign in, or use another address.', {
      subjects: [{ kind: 'email', message: 'belongs to an account' }],
      cause: error,
    });
  throw error;
}
