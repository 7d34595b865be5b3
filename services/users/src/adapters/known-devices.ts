import { createHash, randomBytes } from 'node:crypto';
import type { Database, Queryable } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';

/** Devices that have signed in to an account before, and prove it with a token that only its hash is stored of. */
export type KnownDevices = {
  /** Whether a token belongs to the account with this address. The work is the same for an address without account. */
  isKnown(token: string, email: string, now: Date): Promise<boolean>;
  /** Remembers a device after a sign-in: the given one, if the account has it, or a new one. Returns its token. */
  remember(userId: string, token: string | undefined, now: Date): Promise<string>;
  /** Makes all devices of an account unknown, in the transaction of what requires it. */
  forgetAll(queryable: Queryable, userId: string): Promise<void>;
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
      sql`SELECT FROM known_devices d JOIN users u ON u.id = d.user_id
           WHERE d.token_hash = ${hashOf(token)} AND u.email = ${email} AND d.expires_at > ${now}`,
    );
    return rows.length === 1;
  },
  remember: async (userId, token, now) => {
    const expiresAt = new Date(now.getTime() + lifetimeMs);
    if (token !== undefined) {
      const known = await database.query(
        sql`UPDATE known_devices SET used_at = ${now}, expires_at = ${expiresAt}
             WHERE token_hash = ${hashOf(token)} AND user_id = ${userId} AND expires_at > ${now} RETURNING 1`,
      );
      if (known.length === 1) return token;
    }
    const created = randomBytes(tokenBytes).toString('base64url');
    await database.query(
      sql`WITH created AS (
            INSERT INTO known_devices (token_hash, user_id, used_at, expires_at)
            VALUES (${hashOf(created)}, ${userId}, ${now}, ${expiresAt}))
          DELETE FROM known_devices WHERE token_hash IN (
            SELECT token_hash FROM known_devices WHERE user_id = ${userId}
             ORDER BY used_at DESC OFFSET ${maxDevices - 1})`,
    );
    return created;
  },
  forgetAll: async (queryable, userId) => {
    await queryable.query(sql`DELETE FROM known_devices WHERE user_id = ${userId}`);
  },
  deleteExpired: async (now) => {
    const rows = await database.query(sql`DELETE FROM known_devices WHERE expires_at <= ${now} RETURNING 1`);
    return rows.length;
  },
});
