import type { ScheduledEvent } from 'aws-lambda';
import * as z from 'zod';
import type { Cause } from '../events/event.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

const scheduled = z.object({ id: z.string().min(1), time: z.iso.datetime() });

/** Wraps the handler of a schedule. `at` is the scheduled time, so that a late or repeated invocation does the same work. */
export function scheduleHandler(handle: (at: Date, cause: Cause) => Promise<unknown>) {
  return lambdaHandler(async (event: ScheduledEvent): Promise<void> => {
    const { id, time } = scheduled.parse(event);
    logger.appendKeys({ correlationId: id });
    const result = await handle(new Date(time), { correlationId: id });
    logger.info('schedule finished', { result });
  });
}
