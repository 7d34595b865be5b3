import { createHash, createHmac, randomBytes } from 'node:crypto';
import { recordedAction } from '#shared/audit/recorded-action.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { Client } from '#shared/lambda/http-caller.ts';
import { toEntries } from '#shared/outbox/entry.ts';
import type { Database, Queryable, Transaction } from '#shared/postgres/database.ts';
import { insertOutboxRows, type Outbox, type Written } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import { InvalidRefreshToken } from '../domain/errors.ts';
import {
  decideToken,
  type RefreshToken,
  refreshLifetimeMs,
  sessionLifetimeMs,
  tokenExpiry,
} from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { type Credentials, userReader } from './user-reader.ts';

/** A session, its user, and the token that continues it; only the token's hash is stored. */
export type Session = { id: string; user: User; refreshToken: string };

/** Sessions of signed-in users: families of refresh tokens. */
export type SessionStore = {
  /**
   * Starts a session. Undefined if the password has changed since it was checked, or the account was disabled or erased:
   * a sign-in at the same time as a change of the password leaves no session that the change does not end. Undefined too
   * if the account has a second factor and none was proved, or the other way round.
   */
  open(
    credentials: Credentials,
    client: Client,
    now: Date,
    secondFactorAt?: Date,
  ): Promise<Session | undefined>;
  /** Notes that the second factor was proved in a session, in the transaction of its activation. */
  markSecondFactor(queryable: Queryable, sessionId: string, now: Date): Promise<void>;
  /**
   * Exchanges a token for its successor; within the grace period again for the same one.
   * @throws InvalidRefreshToken; a token presented again later ends its session
   */
  refresh(token: string, now: Date, cause: Cause): Promise<Session>;
  /** The account that a token belongs to, valid or not. */
  accountOf(token: string): Promise<string | undefined>;
  /** Ends the session of a token; an unknown token has no effect. */
  close(token: string): Promise<void>;
  /** Ends all sessions of an account but one, in the transaction of what requires it. */
  revokeAll(queryable: Queryable, userId: string, options?: { except?: string }): Promise<void>;
  /** Deletes expired sessions and tokens; returns how many tokens. */
  deleteExpired(now: Date): Promise<number>;
};

/**
 * An assignment in an `UPDATE users` that ends all sessions of the account. It also ends those that are being opened at
 * the same time, which the statement does not see.
 */
export const endSessions: Sql = sql`session_generation = session_generation + 1`;

/** The statement that exempts a session from {@link endSessions}; `account` is a query for the id of its account. */
export const keepSession = (sessionId: string, account: Sql): Sql =>
  sql`UPDATE sessions SET generation = generation + 1 WHERE id = ${sessionId} AND user_id = (${account})`;

/** 256 random bits: not guessable, so a fast hash is sufficient. */
const tokenBytes = 32;
const newToken = (): string => randomBytes(tokenBytes).toString('base64url');
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** See {@link SessionStore}. */
export function sessionStore(database: Database, outbox: Outbox): SessionStore {
  return {
    open: async (credentials, client, now, secondFactorAt) => {
      const [id, refreshToken] = [newId(), newToken()];
      const opened = await database.query(
        insertSession({ id, refreshToken, client, secondFactorAt }, credentials, now),
      );
      return opened.length === 0 ? undefined : { id, user: credentials.user, refreshToken };
    },
    markSecondFactor: async (queryable, sessionId, now) => {
      await queryable.query(sql`UPDATE sessions SET second_factor_at = ${now} WHERE id = ${sessionId}`);
    },
    refresh: async (token, now, cause) => {
      const { session, written } = await database.transaction((transaction) =>
        exchange(transaction, token, now, cause),
      );
      if (written !== undefined) await outbox.relay(written);
      // Thrown outside, since a throw inside would bring the session back.
      if (session === undefined)
        throw new InvalidRefreshToken('This refresh token is not valid. Sign in again.');
      return session;
    },
    accountOf: async (token) => {
      const [row] = await database.query<{ user_id: string }>(
        sql`SELECT s.user_id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
             WHERE t.token_hash = ${hashOf(token)}`,
      );
      return row?.user_id;
    },
    close: async (token) => {
      await database.query(
        sql`DELETE FROM sessions
             WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ${hashOf(token)})`,
      );
    },
    revokeAll: async (queryable, userId, { except } = {}) => {
      const ended = sql`UPDATE users SET ${endSessions} WHERE id = ${userId}`;
      await queryable.query(
        except === undefined
          ? ended
          : sql`WITH ended AS (${ended} RETURNING id) ${keepSession(except, sql`SELECT id FROM ended`)}`,
      );
    },
    deleteExpired: async (now) => {
      const unusedSince = new Date(now.getTime() - refreshLifetimeMs);
      const [tokens] = await Promise.all([
        database.query(sql`DELETE FROM refresh_tokens WHERE expires_at < ${now} RETURNING 1`),
        database.query(sql`DELETE FROM sessions WHERE expires_at < ${now} OR last_used_at < ${unusedSince}`),
      ]);
      return tokens.length;
    },
  };
}

type NewSession = { id: string; refreshToken: string; client: Client; secondFactorAt: Date | undefined };

/** The account's row is locked against changes: a change of the password comes entirely before or after this. */
const insertSession = (
  { id, refreshToken, client, secondFactorAt }: NewSession,
  { user, passwordHash }: Credentials,
  now: Date,
): Sql => {
  const expiresAt = new Date(now.getTime() + sessionLifetimeMs);
  return sql`
    WITH account AS (
      SELECT id, session_generation FROM users
       WHERE id = ${user.id} AND password_hash = ${passwordHash} AND disabled_at IS NULL
         AND second_factor = ${secondFactorAt !== undefined} FOR SHARE),
    opened AS (
      INSERT INTO sessions (id, user_id, generation, device, client_address, created_at, last_used_at, expires_at,
                            second_factor_at)
      SELECT ${id}::uuid, id, session_generation, ${client.userAgent}::text, ${client.address}::text,
             ${now}::timestamptz, ${now}::timestamptz, ${expiresAt}::timestamptz,
             ${secondFactorAt ?? null}::timestamptz FROM account
      RETURNING id)
    INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
    SELECT ${hashOf(refreshToken)}::bytea, id, ${now}::timestamptz, ${tokenExpiry(expiresAt, now)}::timestamptz
      FROM opened
    RETURNING 1`;
};

/** What a refresh results in: no session if it is refused, and the events that are to be relayed. */
type Exchange = { session?: Session; written?: Written };

async function exchange(transaction: Transaction, token: string, now: Date, cause: Cause): Promise<Exchange> {
  const stored = await findLocked(transaction, token);
  if (stored === undefined) return {};
  const decision = decideToken(stored, now);
  if (decision === 'end-session') return { written: await endReused(transaction, stored, now, cause) };
  if (decision === 'refuse') return {};
  const found = await userReader(transaction).byId(stored.userId);
  if (found === undefined) return {};
  const refreshToken =
    decision === 'repeat'
      ? successorOf(token, stored.successorSalt)
      : await rotate(transaction, token, stored, now);
  return { session: { id: stored.sessionId, user: found.user, refreshToken } };
}

/** Ends the session of a token that was copied, and records it. Returns what is to be relayed. */
async function endReused(
  transaction: Transaction,
  { sessionId, userId }: StoredToken,
  now: Date,
  cause: Cause,
): Promise<Written> {
  const action = {
    action: 'refresh-token-reused',
    target: { kind: 'account', id: userId },
    details: { sessionId },
  };
  const entries = toEntries([recordedAction(UserActionRecorded, action, { at: now })], cause);
  await transaction.query(sql`DELETE FROM sessions WHERE id = ${sessionId}`);
  const rows = await transaction.query<{ claimed: boolean }>(insertOutboxRows(entries, sql`true`));
  return { entries, claimed: rows.every(({ claimed }) => claimed) };
}

/** A token as it is stored; `successorSalt` is present once it was used. */
type StoredToken = RefreshToken & {
  sessionId: string;
  userId: string;
  sessionExpiresAt: Date;
  successorSalt: Buffer | null;
};

type Row = {
  session_id: string;
  user_id: string;
  expires_at: Date;
  used_at: Date | null;
  successor_salt: Buffer | null;
  session_expires_at: Date;
  session_ended: boolean;
};

/**
 * Locks the session and reads a token. So two refreshes at once run one after the other, the second as a repetition, and
 * the end of a session includes a token that another transaction was issuing, which has no row yet.
 */
async function findLocked(transaction: Transaction, token: string): Promise<StoredToken | undefined> {
  await transaction.query(
    sql`SELECT FROM sessions
         WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ${hashOf(token)}) FOR NO KEY UPDATE`,
  );
  // A separate statement, whose snapshot includes what was committed while the first one waited.
  const [row] = await transaction.query<Row>(
    sql`SELECT t.session_id, s.user_id, t.expires_at, t.used_at, t.successor_salt, s.expires_at AS session_expires_at,
               s.generation <> u.session_generation OR u.disabled_at IS NOT NULL AS session_ended
          FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
         WHERE t.token_hash = ${hashOf(token)}`,
  );
  return (
    row && {
      sessionId: row.session_id,
      userId: row.user_id,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
      successorSalt: row.successor_salt,
      sessionExpiresAt: row.session_expires_at,
      sessionEnded: row.session_ended,
    }
  );
}

/** Marks a token as used and issues its successor. */
async function rotate(
  transaction: Transaction,
  token: string,
  { sessionId, sessionExpiresAt }: StoredToken,
  now: Date,
): Promise<string> {
  const salt = randomBytes(tokenBytes);
  const successor = successorOf(token, salt);
  await transaction.query(sql`
    WITH used AS (
      UPDATE refresh_tokens SET used_at = ${now}, successor_salt = ${salt} WHERE token_hash = ${hashOf(token)}),
    session AS (
      UPDATE sessions SET last_used_at = ${now} WHERE id = ${sessionId})
    INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
    VALUES (${hashOf(successor)}, ${sessionId}, ${now}, ${tokenExpiry(sessionExpiresAt, now)})`);
  return successor;
}

/**
 * The successor follows from the token and a random salt: who copied the token lacks the salt, and who copied the
 * database lacks the token.
 */
function successorOf(token: string, salt: Buffer | null): string {
  if (salt === null) throw new Error('a used refresh token has no salt of its successor');
  return createHmac('sha256', salt).update(token).digest('base64url');
}
