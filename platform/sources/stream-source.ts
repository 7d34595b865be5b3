import type { EventSourceMappingSpec } from '../../build/deployment.ts';
import type { Invoke } from '../host/invoke.ts';
import { pause, type Source, untilDone, untilStopped } from './source.ts';
import type { SourceStore } from './source-store.ts';
import { handleBatch } from './stream-batch.ts';
import type { Shard, StreamClient, StreamRecord } from './stream-client.ts';
import { failureNotice } from './stream-events.ts';

/** How often an idle shard is polled, as by Lambda; and one that had records recently. */
const idlePollMs = 250;
const busyPollMs = 25;
const busyForMs = 1_000;
/** How often a stream is checked for new shards. */
const shardsEveryMs = 30_000;

export type StreamSourceOptions = {
  mapping: EventSourceMappingSpec;
  tableName: string;
  functionName: string;
  client: StreamClient;
  store: SourceStore;
  invoke: Invoke;
  /** Sends to the mapping's on-failure queue. */
  sendToQueue: (queueArn: string, body: string) => Promise<void>;
  onError: (error: unknown) => void;
};

/**
 * Lambda's poller of one table stream: every shard in order, a child after its parent. A checkpoint is saved after each
 * batch, so that a kill of the platform loses nothing and repeats little.
 */
export function streamSource(options: StreamSourceOptions): Source {
  const { mapping, client, store, onError } = options;
  const stop = new AbortController();
  const name = `${mapping.stack}/${mapping.logicalId}`;
  // LATEST applies only to a new mapping; later, a shard without a checkpoint is read from its beginning.
  const first = store.streamKnown(name) ? 'TRIM_HORIZON' : (mapping.startingPosition ?? 'LATEST');
  const started = new Map<string, Promise<void>>();
  const reading = new Set<Promise<void>>();

  const readShard = async (streamArn: string, shard: Shard, from: 'TRIM_HORIZON' | 'LATEST') => {
    const { signal } = stop;
    if (shard.parentId !== undefined) await started.get(shard.parentId);
    const saved = store.checkpoint(name, shard.id);
    const position = saved === undefined || saved === '' ? from : { after: saved };
    let iterator: string | undefined = await client.iterator(streamArn, shard.id, position);
    if (saved === undefined) store.saveCheckpoint(name, shard.id, '');
    let busyUntil = 0;
    let buffered: StreamRecord[] = [];
    let gatheredSince = 0;
    while (iterator !== undefined && !signal.aborted) {
      const { records, next } = await client.records(iterator, mapping.batchSize - buffered.length);
      iterator = next;
      if (records.length > 0) {
        if (buffered.length === 0) gatheredSince = Date.now();
        buffered.push(...records);
        busyUntil = Date.now() + busyForMs;
      }
      const windowOver = Date.now() - gatheredSince >= mapping.windowSeconds * 1_000;
      if (buffered.length > 0 && (buffered.length >= mapping.batchSize || windowOver || next === undefined)) {
        await deliver(streamArn, shard, buffered);
        buffered = [];
      } else if (records.length === 0) await pause(Date.now() < busyUntil ? busyPollMs : idlePollMs, signal);
    }
  };

  const deliver = (streamArn: string, shard: Shard, batch: StreamRecord[]) =>
    handleBatch(batch, {
      mapping,
      functionName: options.functionName,
      invoke: options.invoke,
      signal: stop.signal,
      onDone: (sequenceNumber) => store.saveCheckpoint(name, shard.id, sequenceNumber),
      onError,
      onFailed: async (given) => {
        const { functionArn, onFailureArn, sourceArn } = mapping;
        const details = { functionArn, streamArn: sourceArn, shard: shard.id, ...given };
        const notice = JSON.stringify(failureNotice(given.batch, details, new Date()));
        if (onFailureArn === undefined)
          onError(new Error(`a batch of ${streamArn} failed for the last time: ${notice}`));
        else await options.sendToQueue(onFailureArn, notice);
      },
    });

  let seen = false;
  const watch = async () => {
    const streamArn = await client.streamOf(options.tableName);
    for (const shard of await client.shards(streamArn)) {
      if (started.has(shard.id)) continue;
      const position = seen ? 'TRIM_HORIZON' : first;
      const work = untilDone(stop.signal, () => readShard(streamArn, shard, position), onError);
      started.set(shard.id, work);
      reading.add(work);
    }
    seen = true;
    await pause(shardsEveryMs, stop.signal);
  };

  const watching = untilStopped(stop.signal, watch, onError);
  return {
    async stop() {
      stop.abort();
      await watching;
      await Promise.allSettled(reading);
    },
  };
}
