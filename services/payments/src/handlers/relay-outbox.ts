import { deleteOldHandledEvents } from '#shared/postgres/handled-events.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { customers, database, outbox } from '../app.ts';

/** Every minute: publishes the events that the relay after a commit left, and deletes expired records, and anonymises late payments of erased customers. */
export const handler = relaySchedule(outbox, async () => ({
  deletedHandledEvents: await deleteOldHandledEvents(database()),
  anonymisedPayments: await customers().anonymiseLate(),
}));
