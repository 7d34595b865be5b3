import type { EventSourceMappingSpec, Json } from '../../build/deployment.ts';
import type { Messaging } from '../engines/messaging.ts';
import { type Invoke, InvokeRefused } from '../host/invoke.ts';
import { passesFilter } from './event-filter.ts';
import { failedItems, queueEvent, queueRecord, type ReceivedMessage } from './queue-events.ts';
import { type Source, untilStopped } from './source.ts';

/** SQS answers at most this many messages at once. */
const maxReceived = 10;
const longPollSeconds = 20;
/** Batches of one standard queue, and groups of one FIFO queue, that run at once without a MaximumConcurrency. */
const defaultConcurrency = { standard: 16, fifo: 64 };
const afterErrorMs = 500;

export type QueueSourceOptions = {
  mapping: EventSourceMappingSpec;
  queue: { name: string; url: string; arn: string; fifo: boolean };
  functionName: string;
  messaging: Pick<Messaging, 'sqs'>;
  invoke: Invoke;
  onError: (error: unknown) => void;
};

/**
 * Lambda's poller of one queue: it long-polls, gathers batches for at most the window, runs up to the maximum
 * concurrency of them, and deletes what the function did not report as failed. What failed comes back after its
 * visibility timeout; the engine counts receives and moves what was received too often to the dead-letter queue.
 * The engine hands out one message per FIFO group at a time, so groups keep their order and run beside each other.
 */
export function queueSource(options: QueueSourceOptions): Source {
  const { mapping, queue, messaging, functionName, invoke, onError } = options;
  const stop = new AbortController();
  const limit =
    mapping.maximumConcurrency ?? (queue.fifo ? defaultConcurrency.fifo : defaultConcurrency.standard);
  const windowMs = queue.fifo ? 0 : mapping.windowSeconds * 1_000;
  const running = new Set<Promise<void>>();
  const deletions = batchDeletes(messaging, queue.url, onError);
  const buffered: ReceivedMessage[] = [];
  let flushTimer: NodeJS.Timeout | undefined;
  let freed: (() => void) | undefined;

  const deliver = async (batch: ReceivedMessage[]) => {
    const payload = JSON.stringify(queueEvent(batch, queue.arn));
    const result = await invoke(functionName, payload).catch((error: unknown) => {
      // Throttled or stopping: as after an error, the messages come back after their visibility timeout.
      if (!(error instanceof InvokeRefused)) onError(error);
      return undefined;
    });
    if (result === undefined || result.failure !== undefined) return;
    const identifiers = batch.map(({ MessageId }) => MessageId);
    const failed = mapping.partialResponses ? failedItems(result.payload, identifiers) : new Set<string>();
    await deletions(batch.filter(({ MessageId }) => !failed.has(MessageId)));
  };

  const start = (batch: ReceivedMessage[]) => {
    const work: Promise<void> = deliver(batch)
      .catch(onError)
      .finally(() => {
        running.delete(work);
        freed?.();
      });
    running.add(work);
  };

  const flush = () => {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    while (buffered.length > 0) start(buffered.splice(0, mapping.batchSize));
  };

  const buffer = (messages: ReceivedMessage[]) => {
    buffered.push(...messages);
    while (buffered.length >= mapping.batchSize) start(buffered.splice(0, mapping.batchSize));
    if (buffered.length === 0 || windowMs === 0) flush();
    else flushTimer ??= setTimeout(flush, windowMs);
  };

  /** Messages that may still be taken, so that what is buffered never needs more than the maximum concurrency. */
  const room = () => (limit - running.size) * mapping.batchSize - buffered.length;

  const poll = async () => {
    while (room() <= 0 && !stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    }
    if (stop.signal.aborted) return;
    const output = await messaging.sqs(
      'ReceiveMessage',
      {
        QueueUrl: queue.url,
        MaxNumberOfMessages: Math.min(maxReceived, room()),
        WaitTimeSeconds: longPollSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
      stop.signal,
    );
    const messages = (output.Messages ?? []) as ReceivedMessage[];
    const wanted = messages.filter((message) => passes(mapping.filterPatterns, message, queue.arn));
    if (wanted.length < messages.length) {
      await deletions(messages.filter((message) => !wanted.includes(message)));
    }
    if (wanted.length > 0) buffer(wanted);
  };

  const polling = untilStopped(stop.signal, poll, onError, afterErrorMs);
  return {
    async stop() {
      stop.abort();
      freed?.();
      flush();
      await polling;
      await Promise.allSettled(running);
    },
  };
}

/** A message that no pattern wants is deleted unseen, as Lambda does. A body that is JSON is matched as JSON. */
function passes(patterns: readonly Json[], message: ReceivedMessage, queueArn: string): boolean {
  if (patterns.length === 0) return true;
  const record = queueRecord(message, queueArn);
  return passesFilter(patterns, { ...record, body: jsonOrText(record.body) } as unknown as Json);
}

function jsonOrText(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}

/** Deletes ten at a time: what comes while one call runs goes with the next, which costs no waiting. */
function batchDeletes(
  messaging: Pick<Messaging, 'sqs'>,
  url: string,
  onError: (error: unknown) => void,
): (messages: readonly ReceivedMessage[]) => Promise<void> {
  const waiting: ReceivedMessage[] = [];
  let draining: Promise<void> | undefined;
  const send = async () => {
    const batch = waiting.splice(0, maxReceived);
    const output = await messaging.sqs('DeleteMessageBatch', {
      QueueUrl: url,
      Entries: batch.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle })),
    });
    const failed = output.Failed as unknown[] | undefined;
    if (failed !== undefined && failed.length > 0)
      onError(new Error(`not deleted: ${JSON.stringify(failed)}`));
  };
  const drain = async () => {
    await Promise.resolve(); // whatever ends in the same turn goes together
    try {
      while (waiting.length > 0) await send();
    } finally {
      draining = undefined;
    }
  };
  return (messages) => {
    if (messages.length === 0) return Promise.resolve();
    waiting.push(...messages);
    draining ??= drain();
    return draining;
  };
}
