import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { forgetHandledEvents } from '#shared/postgres/handled-events.ts';
import { forgetExpiredKeys } from '#shared/postgres/idempotency.ts';
import { database, outbox } from '../app.ts';

/** Every minute: publishes what the relay after a commit left, and forgets what nobody asks for any more. */
export const handler = scheduleHandler(async () => ({
  ...(await outbox().sweep()),
  keysForgotten: await forgetExpiredKeys(database()),
  handledForgotten: await forgetHandledEvents(database()),
}));
