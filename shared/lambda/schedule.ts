import type { ScheduledEvent } from 'aws-lambda';
import * as z from 'zod';
import type { Cause } from '../events/event.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

const scheduled = z.object({ id: z.string().min(1), time: z.iso.datetime() });

/** The schedule edge: EventBridge calls at the rule's time; `at` is that time, so that a late or repeated call does the same work. */
export function scheduleHandler(handle: (at: Date, cause: Cause) => Promise<unknown>) {
  return lambdaHandler(async (event: ScheduledEvent): Promise<void> => {
    const { id, time } = scheduled.parse(event);
    logger.appendKeys({ correlationId: id });
    const done = await handle(new Date(time), { correlationId: id });
    logger.info('schedule done', { done });
  });
}
