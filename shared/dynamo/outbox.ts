import type { Cause, NewEvent } from '../events/event.ts';
import { logger } from '../lambda/telemetry.ts';
import { type OutboxEntry, toEntries } from '../outbox/entry.ts';
import { countLag } from '../outbox/lag.ts';
import type { Publish } from '../outbox/publish.ts';
import { sendInOrder } from '../outbox/send.ts';
import { conditionFailed } from './conditions.ts';
import type { Dynamo } from './dynamo.ts';
import { put, update, type Write } from './write.ts';

/** Partitions of the index of unsent entries, so that none becomes hot. */
const shards = 4;
/** The sweep leaves younger entries to the stream's relay. */
const sweepAfterMs = 60_000;
/** Sent entries are kept as a record of what was published. */
const sentLifetimeMs = 14 * 24 * 60 * 60 * 1000;
/** Aggregates that the sweep relays concurrently. */
const sweepConcurrency = 10;
/** Entries of a shard that one sweep reads. */
const sweepEntries = 500;
const pageSize = 50;

/** An outbox entry as an item. */
type Row = {
  aggregate_id: string;
  entry_id: string;
  id: string;
  destination: OutboxEntry['destination'];
  sequence: number;
  type: string;
  version: number;
  message: string;
  created_at: string;
  /** Only while unsent, so that the sparse index contains unsent entries only. */
  unsent_shard?: string;
};

/** Writes of events, for the transaction of the state that they announce. */
export const outboxWrites = (table: string, events: readonly NewEvent[], cause: Cause): Write[] =>
  toEntries(events, cause).map((entry) =>
    put(
      table,
      {
        aggregate_id: entry.aggregateId,
        entry_id: entryId(entry),
        id: entry.id,
        destination: entry.destination,
        sequence: entry.sequence,
        type: entry.type,
        version: entry.version,
        message: entry.message,
        created_at: new Date().toISOString(),
        unsent_shard: shardOf(entry.aggregateId),
      } satisfies Row,
      { condition: 'attribute_not_exists(entry_id)' },
    ),
  );

/** Sorts by sequence: the number has leading zeros. */
const entryId = ({ sequence, destination }: OutboxEntry): string =>
  `${String(sequence).padStart(12, '0')}#${destination}`;

/** The index partition of an aggregate's unsent entries. */
export const shardOf = (aggregateId: string): string => {
  let sum = 0;
  for (let index = 0; index < aggregateId.length; index++) sum += aggregateId.charCodeAt(index);
  return String(sum % shards);
};

/** Events that were published, and those left for a later attempt. */
export type Relayed = { sent: number; failed: number };

/** Publishes unsent events, each aggregate in order; see {@link dynamoRelay}. */
export type Relay = {
  /** Publishes an aggregate's unsent events and stops at the first failure. */
  aggregate(aggregateId: string): Promise<Relayed>;
  /** Publishes entries that are older than a minute: the stream's relay has failed on them. */
  sweep(now: Date): Promise<Relayed>;
};

/**
 * The relay of a DynamoDB outbox:
 *
 *     (none) ──state's transaction──▶ unsent ──published and marked──▶ sent ──14 days──▶ deleted
 *                                      │  ▲
 *                                      └──┘ publish failed: Lambda retries the stream record three times,
 *                                           then the sweep publishes the entry, every minute
 *
 * There is no claim, unlike in PostgreSQL: the stream has one reader per shard. The stream's function and the sweep can
 * publish the same entry only after a failure, or if a publish takes more than a minute. Then SNS drops the copy
 * (deduplication by event id, five minutes), and consumers drop it by its sequence. A claim would cost one more write
 * per event.
 */
export function dynamoRelay(dynamo: Dynamo, table: string, publish: Publish): Relay {
  const aggregate = async (aggregateId: string): Promise<Relayed> => {
    const rows = await unsentOf(dynamo, table, aggregateId);
    const { sent, unsent, error } = await sendInOrder(rows.map(toEntry), publish);
    await Promise.all(sent.map((entry) => markSent(dynamo, table, entry)));
    if (unsent.length > 0)
      logger.warn('events not published, the sweep will retry', {
        count: unsent.length,
        error: error as Error,
      });
    return { sent: sent.length, failed: unsent.length };
  };
  return {
    aggregate,
    sweep: async (now) => {
      const total: Relayed = { sent: 0, failed: 0 };
      const { aggregateIds, oldest } = await unsentBefore(
        dynamo,
        table,
        new Date(now.getTime() - sweepAfterMs),
      );
      countLag(oldest, now);
      for (let start = 0; start < aggregateIds.length; start += sweepConcurrency) {
        const relayed = await Promise.all(aggregateIds.slice(start, start + sweepConcurrency).map(aggregate));
        for (const { sent, failed } of relayed) {
          total.sent += sent;
          total.failed += failed;
        }
      }
      return total;
    },
  };
}

/** Entries are sent in order, so the unsent ones are the newest: reads backwards to the first page without any. */
async function unsentOf(dynamo: Dynamo, table: string, aggregateId: string): Promise<Row[]> {
  const rows: Row[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.query<Row>({
      table,
      where: 'aggregate_id = :id',
      values: { ':id': aggregateId },
      descending: true,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    const unsent = page.items.filter(({ unsent_shard }) => unsent_shard !== undefined);
    rows.push(...unsent);
    after = unsent.length === 0 ? undefined : page.next;
  } while (after !== undefined);
  return rows;
}

const toEntry = (row: Row): OutboxEntry => ({
  id: row.id,
  destination: row.destination,
  aggregateId: row.aggregate_id,
  sequence: row.sequence,
  type: row.type,
  version: row.version,
  message: row.message,
});

async function markSent(dynamo: Dynamo, table: string, entry: OutboxEntry): Promise<void> {
  const now = new Date();
  const mark = update(
    table,
    { aggregate_id: entry.aggregateId, entry_id: entryId(entry) },
    'SET sent_at = :now, purge_at = :purge REMOVE unsent_shard',
    {
      condition: 'attribute_exists(entry_id)',
      values: {
        ':now': now.toISOString(),
        ':purge': Math.floor((now.getTime() + sentLifetimeMs) / 1000),
      },
    },
  );
  try {
    await dynamo.write(mark);
  } catch (error) {
    // Another relay has sent and marked the entry, and it is deleted since.
    if (!conditionFailed(error, mark)) throw error;
  }
}

/**
 * The aggregates of unsent entries written before `before`, oldest first. Reads one page per shard: after a long outage
 * the next sweeps continue.
 */
async function unsentBefore(
  dynamo: Dynamo,
  table: string,
  before: Date,
): Promise<{ aggregateIds: string[]; oldest: Date | undefined }> {
  const pages = await Promise.all(
    Array.from({ length: shards }, (_, shard) =>
      dynamo.query<Row>({
        table,
        index: 'unsent-index',
        where: 'unsent_shard = :shard AND created_at < :before',
        values: { ':shard': String(shard), ':before': before.toISOString() },
        limit: sweepEntries,
      }),
    ),
  );
  const oldestFirst = pages
    .flatMap(({ items }) => items)
    .toSorted((a, b) => a.created_at.localeCompare(b.created_at));
  const [first] = oldestFirst;
  return {
    aggregateIds: [...new Set(oldestFirst.map(({ aggregate_id }) => aggregate_id))],
    oldest: first && new Date(first.created_at),
  };
}
