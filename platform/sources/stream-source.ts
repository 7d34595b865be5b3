import type { EventSourceMappingSpec } from '../../build/deployment.ts';
import type { Invoke } from '../host/invoke.ts';
import { pause, type Source, untilDone, untilStopped } from './source.ts';
import type { SourceStore } from './source-store.ts';
import { handleBatch } from './stream-batch.ts';
import type { StreamClient, StreamRecord } from './stream-client.ts';

/** How often an idle shard is polled, as by Lambda; and one that had records recently. */
const idlePollMs = 250;
const busyPollMs = 25;
const busyForMs = 1_000;
/** How often a stream is checked for new shards. */
const shardsEveryMs = 30_000;

type StreamSourceOptions = {
  mapping: EventSourceMappingSpec;
  tableName: string;
  functionName: string;
  client: StreamClient;
  store: SourceStore;
  invoke: Invoke;
  onError: (error: unknown) => void;
};

/**
 * Lambda's poller of one table stream: every shard in order, a child after its parent. A checkpoint is saved after each
 * batch, so that a kill of the platform loses nothing and repeats little.
 */
export function streamSource(options: StreamSourceOptions): Source {
  const { mapping, client, onError } = options;
  const stop = new AbortController();
  const name = `${mapping.stack}/${mapping.logicalId}`;
  const reader: ShardReader = { ...options, name, signal: stop.signal };
  const shards = new Map<string, Promise<void>>();

  const startNewShards = async () => {
    const streamArn = await client.streamOf(options.tableName);
    for (const shard of await client.shards(streamArn)) {
      if (shards.has(shard.ShardId)) continue;
      const read = async () => {
        if (shard.ParentShardId !== undefined) await shards.get(shard.ParentShardId);
        await readShard(reader, streamArn, shard.ShardId);
      };
      shards.set(shard.ShardId, untilDone(stop.signal, read, onError));
    }
    await pause(shardsEveryMs, stop.signal);
  };

  const watching = untilStopped(stop.signal, startNewShards, onError);
  return {
    async stop() {
      stop.abort();
      await watching;
      await Promise.allSettled(shards.values());
    },
  };
}

/** `name` identifies the mapping in the store. */
type ShardReader = StreamSourceOptions & { name: string; signal: AbortSignal };

/** Reads a shard from its checkpoint to its end, or until the signal, and delivers its records in batches. */
async function readShard(reader: ShardReader, streamArn: string, shardId: string): Promise<void> {
  const { mapping, client, store, name, signal } = reader;
  const onDone = (sequenceNumber: string) => store.saveCheckpoint(name, shardId, sequenceNumber);
  let iterator: string | undefined = await client.iterator(
    streamArn,
    shardId,
    store.checkpoint(name, shardId),
  );
  let busyUntil = 0;
  let buffered: StreamRecord[] = [];
  let bufferedSince = 0;
  while (iterator !== undefined && !signal.aborted) {
    const { records, next } = await client.records(iterator, mapping.batchSize - buffered.length);
    iterator = next;
    if (records.length > 0) {
      if (buffered.length === 0) bufferedSince = Date.now();
      buffered.push(...records);
      busyUntil = Date.now() + busyForMs;
    }
    const windowOver = Date.now() - bufferedSince >= mapping.windowSeconds * 1_000;
    if (buffered.length > 0 && (buffered.length >= mapping.batchSize || windowOver || next === undefined)) {
      await handleBatch(buffered, { ...reader, onDone });
      buffered = [];
    } else if (records.length === 0) await pause(Date.now() < busyUntil ? busyPollMs : idlePollMs, signal);
  }
}
