import * as z from 'zod';
import { Unavailable } from '../errors.ts';
import { streamHandler } from '../lambda/stream.ts';
import type { Relay } from './outbox.ts';

const streamRecord = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({ Keys: z.object({ aggregate_id: z.object({ S: z.string() }) }) }),
});

/**
 * The handler of an outbox table's stream: publishes the unsent events of each new entry's aggregate. Updates and
 * deletions of entries are ignored; the event source mapping filters them as well. When events were not published, Lambda
 * retries the record, then continues; the sweep publishes them.
 */
export const relayHandler = (relay: () => Relay) =>
  streamHandler(async (record) => {
    const { eventName, dynamodb } = streamRecord.parse(record);
    if (eventName !== 'INSERT') return;
    const { failed } = await relay().aggregate(dynamodb.Keys.aggregate_id.S);
    if (failed > 0) throw new Unavailable(`${failed} events were not published`);
  });
