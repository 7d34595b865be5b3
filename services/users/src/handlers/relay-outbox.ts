import { deleteExpiredKeys } from '#shared/postgres/idempotency.ts';
import { deleteExpiredLimits } from '#shared/postgres/limits.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import {
  apiKeys,
  clock,
  database,
  devices,
  erasedUsers,
  invitations,
  mailedTokens,
  outbox,
  registrations,
  sessions,
} from '../app.ts';

/** Every minute: publishes the events that the relay after a commit left, and deletes expired records. */
export const handler = relaySchedule(outbox, async () => {
  const now = clock();
  return {
    deletedKeys: await deleteExpiredKeys(database()),
    deletedLate: await erasedUsers().deleteLate(),
    deletedRefreshTokens: await sessions().deleteExpired(now),
    deletedMailTokens: await mailedTokens().deleteExpired(database(), now),
    deletedRegistrations: await registrations.deleteExpired(database(), now),
    deletedInvitations: await invitations.deleteExpired(database(), now),
    deletedApiKeys: await apiKeys().deleteExpired(now),
    deletedDevices: await devices().deleteExpired(now),
    deletedLimits: await deleteExpiredLimits(database(), now),
  };
});
