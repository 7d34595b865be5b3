import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '#shared/clock.ts';
import type { Database } from '#shared/postgres/database.ts';
import { TooManySignIns } from '../domain/errors.ts';
import { type Attempts, excessOf, maxFailures, windowMs } from '../domain/sign-in-limit.ts';

/** Limits wrong passwords by e-mail address, whether an account has it or not. */
export type SignInAttempts = {
  /**
   * Checks a password within the limit: a wrong one (false) counts, a right one resets the count. While all remaining
   * attempts are being checked, further ones wait for up to 3 s.
   * @throws TooManySignIns
   */
  check(email: string, isRight: () => Promise<boolean>): Promise<boolean>;
  /** Deletes counts whose window has ended; returns how many. */
  deleteExpired(now: Date): Promise<number>;
};

/** A check takes about 50 ms of CPU: ten that run at the same time end well within the limit. */
const maxWaitMs = 3_000;
const waitStepMs = 100;
/** A place whose check did not end is free again after the longest time that a function runs. */
const placeMs = 30_000;

/** Unregistered addresses are personal data too: only their hash is stored. */
const hashOf = (email: string): Buffer => createHash('sha256').update(email).digest();

/** See {@link SignInAttempts}. */
export function signInAttempts(database: Database, clock: Clock): SignInAttempts {
  return {
    check: async (email, isRight) => {
      const address = hashOf(email);
      await begin(database, clock, address);
      let result: boolean | undefined;
      try {
        result = await isRight();
        return result;
      } finally {
        await end(database, address, result);
      }
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

/** Takes a place for one check. @throws TooManySignIns */
async function begin(database: Database, clock: Clock, address: Buffer): Promise<void> {
  const giveUpAt = performance.now() + maxWaitMs;
  while (!(await hasTakenPlace(database, address, clock()))) {
    // Taking a place locks the row, which those that give one back need too: wait until one looks free.
    let attempts: Attempts | undefined;
    do {
      attempts = await attemptsOf(database, address, clock());
      const excess = attempts && excessOf(attempts, clock());
      if (excess?.kind === 'refuse') throw tooMany(excess.seconds);
      if (performance.now() > giveUpAt) throw tooMany(1);
      await pause(waitStepMs * (0.5 + Math.random()));
    } while (attempts !== undefined && attempts.failures + attempts.pending >= maxFailures);
  }
}

const tooMany = (retryAfterSeconds: number) =>
  new TooManySignIns('Too many attempts for this e-mail address. Wait, then try again.', {
    retryAfterSeconds,
  });

/** Counts a check as pending, unless the limit is reached. */
async function hasTakenPlace(database: Database, address: Buffer, now: Date): Promise<boolean> {
  const rows = await database.query(
    `INSERT INTO sign_in_attempts AS a (address_hash, failures, pending, pending_until, window_ends_at)
     VALUES ($1, 0, 1, $5, $3)
     ON CONFLICT (address_hash) DO UPDATE
       SET failures = CASE WHEN a.window_ends_at <= $2 THEN 0 ELSE a.failures END,
           pending = CASE WHEN a.window_ends_at <= $2 OR a.pending_until <= $2 THEN 1 ELSE a.pending + 1 END,
           pending_until = excluded.pending_until,
           window_ends_at = CASE WHEN a.window_ends_at <= $2 THEN excluded.window_ends_at ELSE a.window_ends_at END
     WHERE a.window_ends_at <= $2
        OR a.failures + CASE WHEN a.pending_until <= $2 THEN 0 ELSE a.pending END < $4
     RETURNING 1`,
    [address, now, new Date(now.getTime() + windowMs), maxFailures, new Date(now.getTime() + placeMs)],
  );
  return rows.length === 1;
}

async function attemptsOf(database: Database, address: Buffer, now: Date): Promise<Attempts | undefined> {
  const [row] = await database.query<{ failures: number; pending: number; window_ends_at: Date }>(
    `SELECT failures, CASE WHEN pending_until <= $2 THEN 0 ELSE pending END AS pending, window_ends_at
       FROM sign_in_attempts WHERE address_hash = $1`,
    [address, now],
  );
  return row && { failures: row.failures, pending: row.pending, windowEndsAt: row.window_ends_at };
}

/** Gives the place back. Without a result, since the check failed, nothing counts. */
async function end(database: Database, address: Buffer, result: boolean | undefined): Promise<void> {
  await database.query(
    `UPDATE sign_in_attempts
        SET pending = greatest(pending - 1, 0),
            failures = CASE $2 WHEN 'right' THEN 0 WHEN 'wrong' THEN failures + 1 ELSE failures END
      WHERE address_hash = $1`,
    [address, result === undefined ? 'unknown' : result ? 'right' : 'wrong'],
  );
}
