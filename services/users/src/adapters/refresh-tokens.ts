import { createHash, createHmac, randomBytes } from 'node:crypto';
import { recordedAction } from '#shared/audit/recorded-action.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { Cause } from '#shared/events/event.ts';
import type { Transaction } from '#shared/postgres/database.ts';
import type { EventTransaction } from '#shared/postgres/event-transaction.ts';
import { sql } from '#shared/postgres/sql.ts';
import { decideToken, type RefreshToken, type Session, tokenExpiry } from '../domain/session.ts';
import { userReader } from './user-reader.ts';

/** 256 random bits: not guessable, so a fast hash is sufficient. */
const tokenBytes = 32;
/** A token of a new session. */
export const newToken = (): string => randomBytes(tokenBytes).toString('base64url');
/** What is stored of a token. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Exchanges a token for its successor, or within the grace period again for the same one. Undefined if it is refused; a
 * token presented again later ends its session, and is recorded.
 */
export async function exchangeToken(
  on: EventTransaction,
  token: string,
  now: Date,
  cause: Cause,
): Promise<Session | undefined> {
  const { transaction } = on;
  const stored = await findLocked(transaction, token);
  if (stored === undefined) return undefined;
  const decision = decideToken(stored, now);
  if (decision === 'end-session') await endReused(on, stored, now, cause);
  if (decision === 'end-session' || decision === 'refuse') return undefined;
  const found = await userReader(transaction).byId(stored.userId);
  if (found === undefined) return undefined;
  const refreshToken =
    decision === 'repeat'
      ? successorOf(token, stored.successorSalt)
      : await rotate(transaction, token, stored, now);
  return { id: stored.sessionId, user: found.user, refreshToken };
}

/** Ends the session of a token that was copied, and records it. */
async function endReused(
  { transaction, announce }: EventTransaction,
  { sessionId, userId }: StoredToken,
  now: Date,
  cause: Cause,
): Promise<void> {
  const target = { kind: 'account', id: userId };
  const action = { action: 'refresh-token-reused', target, details: { sessionId } };
  await transaction.query(sql`DELETE FROM sessions WHERE id = ${sessionId}`);
  await announce([recordedAction(UserActionRecorded, action, { at: now })], cause);
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
