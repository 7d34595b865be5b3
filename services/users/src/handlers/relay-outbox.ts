import { deleteExpiredKeys } from '#shared/postgres/idempotency.ts';
import { deleteExpiredLimits } from '#shared/postgres/limits.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { clock, database, devices, outbox, sessions } from '../app.ts';

/** Every minute: publishes the events that the relay after a commit left, and deletes expired records. */
export const handler = relaySchedule(outbox, async () => {
  const now = clock();
  return {
    deletedKeys: await deleteExpiredKeys(database()),
    deletedRefreshTokens: await sessions().deleteExpired(now),
    deletedDevices: await devices().deleteExpired(now),
    deletedLimits: await deleteExpiredLimits(database(), now),
  };
});
