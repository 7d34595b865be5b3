import type { EventSourceMappingSpec, Json } from '../../build/deployment.ts';
import type { Invoke } from '../host/invoke.ts';
import { passesFilter } from './event-filter.ts';
import { failedItems } from './queue-events.ts';
import { pause } from './source.ts';
import type { StreamRecord } from './stream-client.ts';
import { streamRecord } from './stream-events.ts';

/** A batch whose attempts are used up. */
type FailedBatch = { batch: StreamRecord[]; requestId: string; attempts: number };

type BatchOptions = {
  mapping: EventSourceMappingSpec;
  functionName: string;
  invoke: Invoke;
  signal: AbortSignal;
  /** All records up to this sequence number are done. */
  onDone: (sequenceNumber: string) => void;
  onFailed: (given: FailedBatch) => Promise<void>;
  onError: (error: unknown) => void;
};

const firstRetryMs = 200;
const lastRetryMs = 10_000;

type Attempt = { ok: true } | { ok: false; from: number; requestId: string };

/**
 * Invokes the function with a batch of one shard until it is done; later batches wait. After a reported failure, the
 * batch is retried from that record on, after any other failure completely, or in halves if the mapping bisects.
 * Without a limit of attempts it is retried for ever, as on Lambda.
 */
export async function handleBatch(records: StreamRecord[], options: BatchOptions): Promise<void> {
  const { mapping, signal, onDone } = options;
  const limit = mapping.maximumRetryAttempts ?? -1;
  const work: { batch: StreamRecord[]; attempts: number }[] = [{ batch: records, attempts: 0 }];
  while (work.length > 0 && !signal.aborted) {
    const current = work[0] as { batch: StreamRecord[]; attempts: number };
    const last = current.batch.at(-1) as StreamRecord;
    const result = await attempt(current.batch, options);
    if (result.ok) {
      work.shift();
      onDone(last.dynamodb.SequenceNumber);
      continue;
    }
    current.attempts += 1;
    const done = current.batch.slice(0, result.from);
    if (done.length > 0) {
      onDone((done.at(-1) as StreamRecord).dynamodb.SequenceNumber);
      current.batch = current.batch.slice(result.from);
    }
    if (limit >= 0 && current.attempts > limit) {
      const { requestId } = result;
      await options.onFailed({ batch: current.batch, requestId, attempts: current.attempts });
      work.shift();
      onDone(last.dynamodb.SequenceNumber);
      continue;
    }
    if (mapping.bisectOnError === true && current.batch.length > 1) {
      const middle = Math.ceil(current.batch.length / 2);
      const { attempts, batch } = current;
      work.splice(
        0,
        1,
        { batch: batch.slice(0, middle), attempts },
        { batch: batch.slice(middle), attempts },
      );
    }
    await pause(Math.min(lastRetryMs, firstRetryMs * 2 ** (current.attempts - 1)), signal);
  }
}

/** `from` is the index of the first record that is not done. */
async function attempt(batch: readonly StreamRecord[], options: BatchOptions): Promise<Attempt> {
  const { mapping, functionName, invoke } = options;
  const records = batch.map((record) => streamRecord(record, mapping.sourceArn));
  const wanted = records.filter((record) => passesFilter(mapping.filterPatterns, record as unknown as Json));
  if (wanted.length === 0) return { ok: true };
  const result = await invoke(functionName, JSON.stringify({ Records: wanted })).catch((error: unknown) => {
    options.onError(error);
    return undefined;
  });
  const requestId = result?.requestId ?? '';
  if (result === undefined || result.failure !== undefined) return { ok: false, from: 0, requestId };
  if (!mapping.partialResponses) return { ok: true };
  const identifiers = wanted.map(({ dynamodb }) => dynamodb.SequenceNumber);
  const failed = failedItems(result.payload, identifiers);
  const from = batch.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber));
  return from === -1 ? { ok: true } : { ok: false, from, requestId };
}
