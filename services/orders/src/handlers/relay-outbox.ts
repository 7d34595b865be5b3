import { forgetHandledEvents } from '#shared/postgres/handled-events.ts';
import { forgetExpiredKeys } from '#shared/postgres/idempotency.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { database, outbox } from '../app.ts';

/** Every minute: publishes what the relay after a commit left, and forgets what nobody asks for any more. */
export const handler = relaySchedule(outbox, async () => ({
  keysForgotten: await forgetExpiredKeys(database()),
  handledForgotten: await forgetHandledEvents(database()),
}));
