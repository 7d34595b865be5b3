import { forgetExpiredKeys } from '#shared/postgres/idempotency.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { attempts, clock, database, outbox, sessions } from '../app.ts';

/** Every minute: publishes what a relay after commit left behind, and forgets what has expired. */
export const handler = relaySchedule(outbox, async () => {
  const now = clock();
  return {
    forgotten: {
      idempotencyKeys: await forgetExpiredKeys(database()),
      refreshTokens: await sessions().forgetExpired(now),
      signInAttempts: await attempts().forgetExpired(now),
    },
  };
});
