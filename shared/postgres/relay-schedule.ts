import type { ScheduledEvent } from 'aws-lambda';
import * as z from 'zod';
import { lambdaHandler } from '../lambda/lambda-handler.ts';
import { logger } from '../lambda/telemetry.ts';
import type { Outbox } from './outbox.ts';

const asked = z.object({ id: z.string().min(1), republishSince: z.iso.datetime().optional() });

/**
 * The schedule that publishes what relays left, and then tidies up. An operator calls it with `republishSince` after a
 * region was lost with the messages in its queues (docs/disaster-recovery.md).
 */
export function relaySchedule(outbox: () => Outbox, tidy: () => Promise<Record<string, unknown>>) {
  return lambdaHandler(async (event: ScheduledEvent & { republishSince?: string }) => {
    const { id, republishSince } = asked.parse(event);
    logger.appendKeys({ correlationId: id });
    const takenBack =
      republishSince === undefined ? {} : { takenBack: await outbox().takeBack(new Date(republishSince)) };
    const done = { ...takenBack, ...(await outbox().sweep()), ...(await tidy()) };
    logger.info('schedule done', { done });
    return done;
  });
}
