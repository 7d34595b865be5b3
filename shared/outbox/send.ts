import type { OutboxEntry } from './entry.ts';
import type { Publish } from './publish.ts';

/** Entries published, and those that were not because they or an earlier one failed. */
export type SendResult = { sent: OutboxEntry[]; unsent: OutboxEntry[]; error?: unknown };

/**
 * Publishes entries so that each destination receives an aggregate's events in order: one after the other within an
 * aggregate until the first failure, different aggregates concurrently.
 */
export async function sendInOrder(entries: readonly OutboxEntry[], publish: Publish): Promise<SendResult> {
  const lanes = Map.groupBy(entries, ({ destination, aggregateId }) => `${destination} ${aggregateId}`);
  const result: SendResult = { sent: [], unsent: [] };
  await Promise.all([...lanes.values()].map((lane) => sendLane(lane, publish, result)));
  return result;
}

async function sendLane(lane: OutboxEntry[], publish: Publish, result: SendResult): Promise<void> {
  const inOrder = lane.toSorted((a, b) => a.sequence - b.sequence);
  for (const [index, entry] of inOrder.entries()) {
    const accepted = await publish(entry).catch((error: unknown) => {
      result.error = error;
      return false;
    });
    if (!accepted) {
      result.unsent.push(...inOrder.slice(index));
      return;
    }
    result.sent.push(entry);
  }
}
