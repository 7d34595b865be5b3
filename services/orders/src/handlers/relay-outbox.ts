import { deleteOldHandledEvents } from '#shared/postgres/handled-events.ts';
import { deleteExpiredKeys } from '#shared/postgres/idempotency.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { database, outbox } from '../app.ts';

/** Every minute: publishes the events that the relay after a commit left, and deletes expired records. */
export const handler = relaySchedule(outbox, async () => ({
  deletedKeys: await deleteExpiredKeys(database()),
  deletedHandledEvents: await deleteOldHandledEvents(database()),
}));
