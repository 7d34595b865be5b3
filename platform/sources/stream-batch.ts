import type { EventSourceMappingSpec } from '../../build/deployment.ts';
import type { Invoke } from '../host/invoke.ts';
import { passesFilter } from './event-filter.ts';
import { failedItems } from './queue-events.ts';
import { pause } from './source.ts';
import type { StreamRecord } from './stream-client.ts';
import { streamRecord } from './stream-events.ts';

type BatchOptions = {
  mapping: EventSourceMappingSpec;
  functionName: string;
  invoke: Invoke;
  signal: AbortSignal;
  /** All records up to this sequence number are done. */
  onDone: (sequenceNumber: string) => void;
  onError: (error: unknown) => void;
};

const firstRetryMs = 200;
const lastRetryMs = 10_000;

/**
 * Invokes the function with a batch of one shard until it is done; later batches wait. After a reported failure, the
 * batch is retried from that record on, after any other failure completely. Without a limit of attempts it is retried
 * for ever, as on Lambda; after the last attempt it is reported as an error and skipped.
 */
export async function handleBatch(records: StreamRecord[], options: BatchOptions): Promise<void> {
  const { mapping, signal, onDone } = options;
  const limit = mapping.maximumRetryAttempts ?? -1;
  let batch = records;
  for (let attempts = 1; !signal.aborted; attempts += 1) {
    const done = await attempt(batch, options);
    const last = batch[done - 1];
    if (last !== undefined) onDone(last.dynamodb.SequenceNumber);
    batch = batch.slice(done);
    if (batch.length === 0) return;
    if (limit >= 0 && attempts > limit) {
      const numbers = batch.map(({ dynamodb }) => dynamodb.SequenceNumber);
      const [from, to = ''] = [numbers[0], numbers.at(-1)];
      options.onError(new Error(`the records ${from} to ${to} failed for the last time`));
      onDone(to);
      return;
    }
    await pause(Math.min(lastRetryMs, firstRetryMs * 2 ** (attempts - 1)), signal);
  }
}

/** Returns how many records are done, from the first one on. */
async function attempt(batch: readonly StreamRecord[], options: BatchOptions): Promise<number> {
  const { mapping, functionName, invoke } = options;
  const records = batch.map((record) => streamRecord(record, mapping.sourceArn));
  const wanted = records.filter((record) => passesFilter(mapping.filterPatterns, record));
  if (wanted.length === 0) return batch.length;
  const result = await invoke(functionName, JSON.stringify({ Records: wanted })).catch((error: unknown) => {
    options.onError(error);
    return undefined;
  });
  if (result === undefined || result.failure !== undefined) return 0;
  if (!mapping.partialResponses) return batch.length;
  const identifiers = wanted.map(({ dynamodb }) => dynamodb.SequenceNumber);
  const failed = failedItems(result.payload, identifiers);
  const from = batch.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber));
  return from === -1 ? batch.length : from;
}
