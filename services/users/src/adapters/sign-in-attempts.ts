import { createHash } from 'node:crypto';
import type { Database } from '#shared/postgres/database.ts';
import { TooManySignIns } from '../domain/errors.ts';
import { waitSeconds, windowMs } from '../domain/sign-in-limit.ts';

/** Counts attempts to sign in by e-mail address, whether an account has it or not. */
export type SignInAttempts = {
  /** Counts an attempt before the password is checked, so that concurrent attempts all count. @throws TooManySignIns */
  count(email: string, now: Date): Promise<void>;
  /** Resets the count after a right password. */
  reset(email: string): Promise<void>;
  /** Deletes counts whose window has ended; returns how many. */
  deleteExpired(now: Date): Promise<number>;
};

/** Unregistered addresses are personal data too: only their hash is stored. */
const hashOf = (email: string): Buffer => createHash('sha256').update(email).digest();

/** See {@link SignInAttempts}. */
export function signInAttempts(database: Database): SignInAttempts {
  return {
    count: async (email, now) => {
      const [row] = await database.query<{ attempts: number; window_ends_at: Date }>(
        `INSERT INTO sign_in_attempts AS a (address_hash, attempts, window_ends_at) VALUES ($1, 1, $3)
         ON CONFLICT (address_hash) DO UPDATE
           SET attempts = CASE WHEN a.window_ends_at <= $2 THEN 1 ELSE a.attempts + 1 END,
               window_ends_at = CASE WHEN a.window_ends_at <= $2 THEN excluded.window_ends_at ELSE a.window_ends_at END
         RETURNING attempts, window_ends_at`,
        [hashOf(email), now, new Date(now.getTime() + windowMs)],
      );
      const wait = waitSeconds({ attempts: row!.attempts, windowEndsAt: row!.window_ends_at }, now);
      if (wait !== undefined)
        throw new TooManySignIns('Too many attempts for this e-mail address. Wait, then try again.', {
          retryAfterSeconds: wait,
        });
    },
    reset: async (email) => {
      await database.query('DELETE FROM sign_in_attempts WHERE address_hash = $1', [hashOf(email)]);
    },
    deleteExpired: async (now) => {
      const rows = await database.query(
        'DELETE FROM sign_in_attempts WHERE window_ends_at <= $1 RETURNING 1',
        [now],
      );
      return rows.length;
    },
  };
}
