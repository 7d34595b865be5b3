import type { ScheduledEvent } from 'aws-lambda';
import * as z from 'zod';
import { lambdaHandler } from '../lambda/lambda-handler.ts';
import { logger } from '../lambda/telemetry.ts';
import type { Outbox } from './outbox.ts';

const requestSchema = z.object({ id: z.string().min(1), republishSince: z.iso.datetime().optional() });

/**
 * The schedule that publishes what relays left and then deletes what has expired. An operator calls it with
 * `republishSince` after a region was lost with the messages in its queues (docs/disaster-recovery.md).
 */
export function relaySchedule(outbox: () => Outbox, cleanUp: () => Promise<Record<string, unknown>>) {
  return lambdaHandler(async (event: ScheduledEvent & { republishSince?: string }) => {
    const { id, republishSince } = requestSchema.parse(event);
    logger.appendKeys({ correlationId: id });
    const markedUnsent =
      republishSince === undefined
        ? {}
        : { markedUnsent: await outbox().markUnsent(new Date(republishSince)) };
    const result = { ...markedUnsent, ...(await outbox().sweep()), ...(await cleanUp()) };
    logger.info('schedule finished', { result });
    return result;
  });
}
