import type { EventSourceMappingSpec } from '../../build/deployment.ts';
import { coalesce } from '../../shared/coalesce.ts';
import type { Messaging } from '../engines/messaging.ts';
import { type Invoke, InvokeRefused } from '../host/invoke.ts';
import { failedItems, queueEvent, type ReceivedMessage } from './queue-events.ts';
import { type Source, untilStopped } from './source.ts';

/** SQS's limit of messages per call. */
const maxReceived = 10;
const longPollSeconds = 20;
/** Concurrent batches of a queue without a MaximumConcurrency; each FIFO group has one batch at a time. */
const defaultConcurrency = { standard: 16, fifo: 64 };

type QueueSourceOptions = {
  mapping: EventSourceMappingSpec;
  queue: { name: string; url: string; arn: string; fifo: boolean };
  functionName: string;
  messaging: Pick<Messaging, 'sqs'>;
  invoke: Invoke;
  onError: (error: unknown) => void;
};

/**
 * Lambda's poller of one queue: it long-polls, collects batches for at most the window, runs up to the maximum
 * concurrency of them, and deletes the messages that the function did not report as failed. Failed messages return
 * after their visibility timeout; the engine counts receives and moves messages to the dead-letter queue. The engine
 * delivers one message per FIFO group at a time, so groups keep their order and run concurrently.
 */
export function queueSource(options: QueueSourceOptions): Source {
  const { mapping, queue, messaging, onError } = options;
  const stop = new AbortController();
  const limit =
    mapping.maximumConcurrency ?? (queue.fifo ? defaultConcurrency.fifo : defaultConcurrency.standard);
  const deleteMessages = batchDeletes(messaging, queue.url, onError);
  const batches = batcher(mapping.batchSize, queue.fifo ? 0 : mapping.windowSeconds * 1_000, (batch) =>
    deliver(options, batch, deleteMessages).catch(onError),
  );

  /** Messages that may still be received, so that what is buffered never needs more than the maximum concurrency. */
  const room = () => (limit - batches.running.size) * mapping.batchSize - batches.buffered();

  const poll = async () => {
    while (room() <= 0 && !stop.signal.aborted) await Promise.race(batches.running);
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
    if (messages.length > 0) batches.add(messages);
  };

  const polling = untilStopped(stop.signal, poll, onError);
  return {
    async stop() {
      stop.abort();
      batches.flush();
      await polling;
      await Promise.all(batches.running);
    },
  };
}

/** Starts a batch when it is full, or when its first message is older than `windowMs`. `run` must not reject. */
function batcher(batchSize: number, windowMs: number, run: (batch: ReceivedMessage[]) => Promise<void>) {
  const running = new Set<Promise<void>>();
  const buffered: ReceivedMessage[] = [];
  let timer: NodeJS.Timeout | undefined;

  const start = () => {
    const work: Promise<void> = run(buffered.splice(0, batchSize)).finally(() => running.delete(work));
    running.add(work);
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    while (buffered.length > 0) start();
  };
  return {
    running,
    buffered: () => buffered.length,
    flush,
    add(messages: readonly ReceivedMessage[]) {
      buffered.push(...messages);
      while (buffered.length >= batchSize) start();
      if (buffered.length === 0 || windowMs === 0) flush();
      else timer ??= setTimeout(flush, windowMs);
    },
  };
}

/** Invokes the function with a batch and deletes the messages that it did not report as failed. */
async function deliver(
  { mapping, queue, functionName, invoke, onError }: QueueSourceOptions,
  batch: readonly ReceivedMessage[],
  deleteMessages: (messages: readonly ReceivedMessage[]) => Promise<unknown>,
): Promise<void> {
  const payload = JSON.stringify(queueEvent(batch, queue.arn));
  const result = await invoke(functionName, payload).catch((error: unknown) => {
    // Throttled or stopping: as after an error, the messages return after their visibility timeout.
    if (!(error instanceof InvokeRefused)) onError(error);
    return undefined;
  });
  if (result === undefined || result.failure !== undefined) return;
  const identifiers = batch.map(({ MessageId }) => MessageId);
  const failed = mapping.partialResponses ? failedItems(result.payload, identifiers) : new Set<string>();
  await deleteMessages(batch.filter(({ MessageId }) => !failed.has(MessageId)));
}

/** Deletes up to ten messages per call, and those that finish meanwhile with the next call. */
function batchDeletes(
  messaging: Pick<Messaging, 'sqs'>,
  url: string,
  onError: (error: unknown) => void,
): (messages: readonly ReceivedMessage[]) => Promise<unknown> {
  const remove = coalesce(maxReceived, 1, async (messages: ReceivedMessage[]) => {
    const { Failed = [] } = await messaging.sqs('DeleteMessageBatch', {
      QueueUrl: url,
      Entries: messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle })),
    });
    if ((Failed as unknown[]).length > 0) onError(new Error(`not deleted: ${JSON.stringify(Failed)}`));
    return [];
  });
  return (messages) => Promise.all(messages.map(remove));
}
