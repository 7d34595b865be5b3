import { createHash, createHmac, randomBytes } from 'node:crypto';
import { newId } from '#shared/ids.ts';
import type { Database, Queryable, Transaction } from '#shared/postgres/database.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import { InvalidRefreshToken } from '../domain/errors.ts';
import { decideToken, type RefreshToken, refreshLifetimeMs } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { userReader } from './user-reader.ts';

/** A session, its user, and the token that continues it; only the token's hash is stored. */
export type Session = { id: string; user: User; refreshToken: string };

/** Sessions of signed-in users: families of refresh tokens. */
export type SessionStore = {
  /** Starts a session. */
  open(user: User, now: Date): Promise<Session>;
  /**
   * Exchanges a token for its successor; within the grace period again for the same one.
   * @throws InvalidRefreshToken; a token presented again later revokes its family
   */
  refresh(token: string, now: Date): Promise<Session>;
  /** The account that a token belongs to, valid or not. */
  accountOf(token: string): Promise<string | undefined>;
  /** Ends the session of a token; an unknown token has no effect. */
  close(token: string, now: Date): Promise<void>;
  /** Deletes expired tokens; returns how many. */
  deleteExpired(now: Date): Promise<number>;
};

/** 256 random bits: not guessable, so a fast hash is sufficient. */
const tokenBytes = 32;
const newToken = (): string => randomBytes(tokenBytes).toString('base64url');
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** See {@link SessionStore}. */
export function sessionStore(database: Database): SessionStore {
  return {
    open: async (user, now) => {
      const id = newId();
      const refreshToken = await issue(database, newToken(), { userId: user.id, familyId: id }, now);
      return { id, user, refreshToken };
    },
    refresh: async (token, now) => {
      const session = await database.transaction(async (transaction) => {
        const stored = await findLocked(transaction, token);
        if (stored === undefined) return undefined;
        const decision = decideToken(stored, now);
        if (decision === 'revoke-family') await revoke(transaction, stored.familyId, now);
        if (decision !== 'rotate' && decision !== 'repeat') return undefined;
        const found = await userReader(transaction).byId(stored.userId);
        if (found === undefined) return undefined;
        const refreshToken =
          decision === 'repeat'
            ? successorOf(token, stored.successorSalt)
            : await rotate(transaction, token, stored, now);
        return { id: stored.familyId, user: found.user, refreshToken };
      });
      // Thrown outside, since a throw inside would roll back the revocation.
      if (session === undefined)
        throw new InvalidRefreshToken('This refresh token is not valid. Sign in again.');
      return session;
    },
    accountOf: async (token) => {
      const [row] = await database.query<{ user_id: string }>(
        'SELECT user_id FROM refresh_tokens WHERE token_hash = $1',
        [hashOf(token)],
      );
      return row?.user_id;
    },
    close: (token, now) =>
      database.transaction(async (transaction) => {
        const stored = await findLocked(transaction, token);
        if (stored !== undefined) await revoke(transaction, stored.familyId, now);
      }),
    deleteExpired: async (now) => {
      const rows = await database.query('DELETE FROM refresh_tokens WHERE expires_at < $1 RETURNING 1', [
        now,
      ]);
      return rows.length;
    },
  };
}

/** A token as it is stored; `successorSalt` is present once it was used. */
type StoredToken = RefreshToken & { successorSalt: Buffer | null };

type Row = {
  family_id: string;
  user_id: string;
  expires_at: Date;
  used_at: Date | null;
  successor_salt: Buffer | null;
  revoked_at: Date | null;
};

/**
 * Locks the user's sessions and reads a token. So two refreshes at once run one after the other, the second as a
 * repetition, and a revocation includes a token that another transaction was issuing. The user's row is locked because
 * a token that is being issued has no row yet.
 */
async function findLocked(transaction: Transaction, token: string): Promise<StoredToken | undefined> {
  await transaction.query(
    `SELECT 1 FROM users WHERE id = (SELECT user_id FROM refresh_tokens WHERE token_hash = $1) FOR NO KEY UPDATE`,
    [hashOf(token)],
  );
  // A separate statement, whose snapshot includes what was committed while the first one waited.
  const [row] = await transaction.query<Row>(
    `SELECT family_id, user_id, expires_at, used_at, successor_salt, revoked_at FROM refresh_tokens WHERE token_hash = $1`,
    [hashOf(token)],
  );
  return row === undefined
    ? undefined
    : {
        familyId: row.family_id,
        userId: row.user_id,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
        successorSalt: row.successor_salt,
        revokedAt: row.revoked_at,
      };
}

/** Marks a token as used and issues its successor. */
async function rotate(
  transaction: Transaction,
  token: string,
  stored: StoredToken,
  now: Date,
): Promise<string> {
  const salt = randomBytes(tokenBytes);
  await transaction.query(
    'UPDATE refresh_tokens SET used_at = $2, successor_salt = $3 WHERE token_hash = $1',
    [hashOf(token), now, salt],
  );
  return issue(transaction, successorOf(token, salt), stored, now);
}

/**
 * The successor follows from the token and a random salt: who copied the token lacks the salt, and who copied the
 * database lacks the token.
 */
function successorOf(token: string, salt: Buffer | null): string {
  if (salt === null) throw new Error('a used refresh token has no salt of its successor');
  return createHmac('sha256', salt).update(token).digest('base64url');
}

/** Stores a token of a family and returns it. */
async function issue(
  queryable: Queryable,
  token: string,
  { userId, familyId }: Pick<RefreshToken, 'userId' | 'familyId'>,
  now: Date,
): Promise<string> {
  await queryable.query(
    `INSERT INTO refresh_tokens (token_hash, family_id, user_id, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
    [hashOf(token), familyId, userId, now, new Date(now.getTime() + refreshLifetimeMs)],
  );
  return token;
}

const revoke = (transaction: Transaction, familyId: string, now: Date) =>
  transaction.query('UPDATE refresh_tokens SET revoked_at = $2 WHERE family_id = $1 AND revoked_at IS NULL', [
    familyId,
    now,
  ]);

/** The statement that ends every session of an account; `account` is a query for its id. */
export const endSessions = (_reason: string, now: Date | undefined, account: Sql): Sql => sql`
  UPDATE refresh_tokens SET revoked_at = ${now} WHERE user_id IN ${account} AND revoked_at IS NULL`;
