import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { forgetHandledEvents } from '#shared/postgres/handled-events.ts';
import { database, outbox } from '../app.ts';

/** Every minute: publishes what the relay after a commit left, and forgets what can no longer come again. */
export const handler = scheduleHandler(async () => ({
  ...(await outbox().sweep()),
  handledForgotten: await forgetHandledEvents(database()),
}));
