import type { Queue, SqsStore } from './fauxqs-internals.ts';

type ReceiveInput = { QueueUrl?: string; WaitTimeSeconds?: number };

/**
 * Receives messages, if necessary by a long poll that ends with a message, after the wait time or at the signal. (The
 * engine's own long poll returns nothing when another receiver was faster, and delivers to disconnected clients.)
 */
export async function receive(
  store: SqsStore,
  take: (input: object) => unknown,
  input: ReceiveInput,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const queue = store.getQueue(input.QueueUrl ?? '');
  const seconds = input.WaitTimeSeconds ?? Number(queue?.attributes.ReceiveMessageWaitTimeSeconds ?? 0);
  const endsAt = performance.now() + seconds * 1000;
  // The engine rejects a wait outside 0 to 20 s, so such a value is passed on.
  const once = { ...input, WaitTimeSeconds: seconds > 20 || seconds < 0 ? seconds : 0 };
  for (;;) {
    const output = ((await take(once)) ?? {}) as { Messages?: unknown[] };
    const leftMs = endsAt - performance.now();
    if (output.Messages || !queue || leftMs <= 0 || signal?.aborted) return output;
    await untilMessage(queue, leftMs, signal);
    if (signal?.aborted || store.getQueueByName(queue.name) !== queue) return {};
  }
}

async function untilMessage(queue: Queue, waitMs: number, signal?: AbortSignal): Promise<void> {
  const woken = queue.waitForMessages(waitMs / 1000);
  const waiter = queue.pollWaiters.at(-1);
  const stopWaiting = () => {
    if (!waiter) return;
    clearTimeout(waiter.timer);
    queue.pollWaiters.splice(queue.pollWaiters.indexOf(waiter), 1);
    waiter.resolve();
  };
  signal?.addEventListener('abort', stopWaiting, { once: true });
  await woken;
  signal?.removeEventListener('abort', stopWaiting);
}

const deduplicationWindowMs = 5 * 60_000;

/** The engine does not store deduplication ids: restores those of the messages that are still in the queue. */
export function restoreDeduplication(queue: Queue): void {
  const { ready, delayed, inflight } = queue.inspectMessages();
  for (const message of [...ready, ...delayed, ...inflight.map((entry) => entry.message)]) {
    const { messageDeduplicationId: id, messageId, sequenceNumber, sentTimestamp } = message;
    if (id && Date.now() - sentTimestamp < deduplicationWindowMs)
      queue.recordDeduplication(id, messageId, sequenceNumber);
  }
}
