import { deleteExpiredKeys } from '#shared/postgres/idempotency.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { attempts, clock, database, outbox, sessions } from '../app.ts';

/** Every minute: publishes the events that the relay after a commit left, and deletes expired records. */
export const handler = relaySchedule(outbox, async () => {
  const now = clock();
  return {
    deletedKeys: await deleteExpiredKeys(database()),
    deletedRefreshTokens: await sessions().deleteExpired(now),
    deletedSignInAttempts: await attempts().deleteExpired(now),
  };
});
