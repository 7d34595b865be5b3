import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';

/**
 * Devices that have signed in to an account before, and prove it with a token, of which only the hash is stored. What ends
 * all sessions of an account, such as another password, makes its devices unknown: one of them may be a thief's.
 */
export type KnownDevices = {
  /** Whether a token belongs to the account with this address. The work is the same for an address without account. */
  isKnown(token: string, email: string, now: Date): Promise<boolean>;
  /** Remembers a device after a sign-in: the given one, if the account has it, or a new one. Returns its token. */
  remember(userId: string, token: string | undefined, now: Date): Promise<string>;
  /** Deletes devices that were not used for long; returns how many. */
  deleteExpired(now: Date): Promise<number>;
};

/** Since the last sign-in on the device. */
const lifetimeMs = 180 * 24 * 60 * 60 * 1000;
/** The oldest of more are forgotten: a client that never sends its token is a new device at each sign-in. */
const maxDevices = 20;
/** 256 random bits: not guessable, so a fast hash is sufficient. */
const tokenBytes = 32;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** See {@link KnownDevices}. */
export const knownDevices = (database: Database): KnownDevices => ({
  isKnown: async (token, email, now) => {
    const rows = await database.query(
      sql`SELECT FROM known_devices d JOIN users u ON u.id = d.user_id AND u.session_generation = d.generation
           WHERE d.token_hash = ${hashOf(token)} AND u.email = ${email} AND d.expires_at > ${now}`,
    );
    return rows.length === 1;
  },
  remember: async (userId, token, now) => {
    const expiresAt = new Date(now.getTime() + lifetimeMs);
    if (token !== undefined) {
      const known = await database.query(
        sql`UPDATE known_devices d SET used_at = ${now}, expires_at = ${expiresAt}, generation = u.session_generation
              FROM users u
             WHERE d.token_hash = ${hashOf(token)} AND d.user_id = ${userId} AND d.expires_at > ${now}
               AND u.id = d.user_id
            RETURNING 1`,
      );
      if (known.length === 1) return token;
    }
    const created = randomBytes(tokenBytes).toString('base64url');
    await database.query(
      sql`WITH created AS (
            INSERT INTO known_devices (token_hash, user_id, generation, used_at, expires_at)
            SELECT ${hashOf(created)}::bytea, id, session_generation, ${now}::timestamptz, ${expiresAt}::timestamptz
              FROM users WHERE id = ${userId})
          DELETE FROM known_devices WHERE token_hash IN (
            SELECT token_hash FROM known_devices WHERE user_id = ${userId}
             ORDER BY used_at DESC OFFSET ${maxDevices - 1})`,
    );
    return created;
  },
  deleteExpired: async (now) => {
    const rows = await database.query(sql`DELETE FROM known_devices WHERE expires_at <= ${now} RETURNING 1`);
    return rows.length;
  },
});
