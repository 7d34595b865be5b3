import { forgetHandledEvents } from '#shared/postgres/handled-events.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { database, outbox } from '../app.ts';

/** Every minute: publishes what the relay after a commit left, and forgets what can no longer come again. */
export const handler = relaySchedule(outbox, async () => ({
  handledForgotten: await forgetHandledEvents(database()),
}));
