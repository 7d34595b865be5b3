import { createHash, randomBytes } from 'node:crypto';
import { newId } from '#shared/ids.ts';
import type { Database, Queryable, Transaction } from '#shared/postgres/database.ts';
import { InvalidRefreshToken } from '../domain/errors.ts';
import { present, type RefreshToken, refreshLifetimeMs } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { userReader } from './user-reader.ts';

/** Who a session belongs to, and the token that continues it: shown once, only its hash is kept. */
export type Session = { user: User; refreshToken: string };

/** Sessions of signed-in users: families of refresh tokens. */
export type SessionStore = {
  /** Begins a session. */
  open(user: User, now: Date): Promise<Session>;
  /** Uses up a token for the next. @throws InvalidRefreshToken; a token used before ends its whole family */
  refresh(token: string, now: Date): Promise<Session>;
  /** Ends the session of a token; a token that nobody knows ends nothing. */
  close(token: string, now: Date): Promise<void>;
  /** Forgets tokens that expired; returns how many. */
  forgetExpired(now: Date): Promise<number>;
};

/** 256 random bits: nobody can guess one, so a fast hash is enough to keep it by. */
const tokenBytes = 32;
const newToken = (): string => randomBytes(tokenBytes).toString('base64url');
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** See {@link SessionStore}. */
export function sessionStore(database: Database): SessionStore {
  return {
    open: async (user, now) => ({
      user,
      refreshToken: await issue(database, { userId: user.id, familyId: newId() }, now),
    }),
    refresh: async (token, now) => {
      const session = await database.transaction(async (transaction) => {
        const kept = await findInTurn(transaction, token);
        if (kept === undefined) return undefined;
        const presented = present(kept, now);
        if (presented === 'revoke-family') await revoke(transaction, kept.familyId, now);
        if (presented !== 'rotate') return undefined;
        const found = await userReader(transaction).byId(kept.userId);
        if (found === undefined) return undefined;
        await transaction.query('UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1', [
          hashOf(token),
          now,
        ]);
        return { user: found.user, refreshToken: await issue(transaction, kept, now) };
      });
      // Thrown outside, since a throw inside would roll back the end of the family.
      if (session === undefined)
        throw new InvalidRefreshToken('This refresh token is not valid (any more). Sign in again.');
      return session;
    },
    close: (token, now) =>
      database.transaction(async (transaction) => {
        const kept = await findInTurn(transaction, token);
        if (kept !== undefined) await revoke(transaction, kept.familyId, now);
      }),
    forgetExpired: async (now) => {
      const rows = await database.query('DELETE FROM refresh_tokens WHERE expires_at < $1 RETURNING 1', [
        now,
      ]);
      return rows.length;
    },
  };
}

type Row = {
  family_id: string;
  user_id: string;
  expires_at: Date;
  used_at: Date | null;
  revoked_at: Date | null;
};

/**
 * Reads a token once no other transaction is at work on a session of its user: of two refreshes at once one is first
 * and the other a reuse, and who ends a family ends the token too that another was just making for it. What is locked
 * is the user's row, as the tokens to come have none yet.
 */
async function findInTurn(transaction: Transaction, token: string): Promise<RefreshToken | undefined> {
  await transaction.query(
    `SELECT 1 FROM users WHERE id = (SELECT user_id FROM refresh_tokens WHERE token_hash = $1) FOR NO KEY UPDATE`,
    [hashOf(token)],
  );
  // A statement of its own, which sees what was committed while the first one waited.
  const [row] = await transaction.query<Row>(
    `SELECT family_id, user_id, expires_at, used_at, revoked_at FROM refresh_tokens WHERE token_hash = $1`,
    [hashOf(token)],
  );
  return row === undefined
    ? undefined
    : {
        familyId: row.family_id,
        userId: row.user_id,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
        revokedAt: row.revoked_at,
      };
}

async function issue(
  queryable: Queryable,
  { userId, familyId }: Pick<RefreshToken, 'userId' | 'familyId'>,
  now: Date,
): Promise<string> {
  const token = newToken();
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
