import * as z from 'zod';
import { streamHandler } from '../lambda/stream.ts';
import type { Relay } from './outbox.ts';

const written = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({ Keys: z.object({ aggregate_id: z.object({ S: z.string() }) }) }),
});

/** Events of an aggregate are left to the sweep; the stream tries the record again and then goes on. */
export class NotPublished extends Error {
  override readonly name = 'NotPublished';
}

/**
 * The handler on an outbox table's stream: publishes what is unsent of the aggregate that a new entry belongs to.
 * Marks and purges of entries come through the stream as well, unless the mapping filters them, and are passed over.
 */
export const relayHandler = (relay: () => Relay) =>
  streamHandler(async (record) => {
    const { eventName, dynamodb } = written.parse(record);
    if (eventName !== 'INSERT') return;
    const { failed } = await relay().aggregate(dynamodb.Keys.aggregate_id.S);
    if (failed > 0) throw new NotPublished(`${failed} events are not published`);
  });
