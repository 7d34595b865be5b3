import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { Client } from '#shared/lambda/http-caller.ts';
import type { Database, Queryable } from '#shared/postgres/database.ts';
import { withEvents } from '#shared/postgres/event-transaction.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import { InvalidRefreshToken } from '../domain/errors.ts';
import { refreshLifetimeMs, type Session, sessionLifetimeMs, tokenExpiry } from '../domain/session.ts';
import { exchangeToken, hashOf, newToken } from './refresh-tokens.ts';
import type { Credentials } from './user-reader.ts';

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
      const session = await withEvents(database, outbox, (on) => exchangeToken(on, token, now, cause));
      // Thrown outside, since a throw inside would roll back the end of the session.
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
