import type { Cause, NewEvent } from '../events/event.ts';
import { logger } from '../lambda/telemetry.ts';
import { type OutboxEntry, toEntries } from '../outbox/entry.ts';
import { countLag } from '../outbox/lag.ts';
import type { Publish } from '../outbox/publish.ts';
import { sendInOrder } from '../outbox/send.ts';
import type { Dynamo } from './dynamo.ts';
import { refuses } from './refusals.ts';
import { put, update, type Write } from './write.ts';

/** Unsent entries are spread over this many partitions of the index, so that none becomes hot. */
const shards = 4;
/** The sweep leaves what is younger than this to the stream's relay. */
const sweepAfterMs = 60_000;
/** Sent entries are kept this long, as the proof of what was announced. */
const keepSentDays = 14;
/** Aggregates that the sweep relays side by side. */
const sweepWidth = 10;
/** Entries of a shard that one sweep looks at. */
const sweepEntries = 500;
const pageSize = 50;

/** An outbox entry as its table keeps it. */
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
  /** Only while unsent: the sparse index holds nothing else. */
  unsent_shard?: string;
};

/** Events to write in the transaction of the state that they announce; their relay starts from the table's stream. */
export const outboxWrites = (table: string, facts: readonly NewEvent[], cause: Cause): Write[] =>
  toEntries(facts, cause).map((entry) =>
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

/** Sorts by sequence as text. */
const entryId = ({ sequence, destination }: OutboxEntry): string =>
  `${String(sequence).padStart(12, '0')}#${destination}`;

/** The partition of the index in which an aggregate's unsent entries are found. */
export const shardOf = (aggregateId: string): string => {
  let sum = 0;
  for (let index = 0; index < aggregateId.length; index++) sum += aggregateId.charCodeAt(index);
  return String(sum % shards);
};

/** What became of one relay: events that SNS took, and those left for a later try. */
export type Relayed = { sent: number; failed: number };

/** Sends what is unsent, whole aggregates in order; see {@link dynamoRelay}. */
export type Relay = {
  /** Sends an aggregate's unsent events; stops at the first that SNS does not take. */
  aggregate(aggregateId: string): Promise<Relayed>;
  /** Sends what the stream's relay left over: entries older than a minute. */
  sweep(now: Date): Promise<Relayed>;
};

/**
 * The relay of a DynamoDB outbox. The stream's function and the sweep may meet in one aggregate only after a
 * failure; SNS drops what is published twice within five minutes by the event's id, and consumers by the sequence.
 */
export function dynamoRelay(dynamo: Dynamo, table: string, publish: Publish): Relay {
  const aggregate = async (aggregateId: string): Promise<Relayed> => {
    const rows = await unsentOf(dynamo, table, aggregateId);
    const { sent, unsent, error } = await sendInOrder(rows.map(toEntry), publish);
    await Promise.all(sent.map((entry) => markSent(dynamo, table, entry)));
    if (unsent.length > 0)
      logger.warn('events not published, left to the sweep', { count: unsent.length, error: error as Error });
    return { sent: sent.length, failed: unsent.length };
  };
  return {
    aggregate,
    sweep: async (now) => {
      const total: Relayed = { sent: 0, failed: 0 };
      const { waiting, oldest } = await abandoned(dynamo, table, new Date(now.getTime() - sweepAfterMs));
      countLag(oldest, now);
      for (let start = 0; start < waiting.length; start += sweepWidth) {
        const relayed = await Promise.all(waiting.slice(start, start + sweepWidth).map(aggregate));
        for (const { sent, failed } of relayed) {
          total.sent += sent;
          total.failed += failed;
        }
      }
      return total;
    },
  };
}

/** Entries are sent in order, so the unsent ones are the newest: read backwards up to the first page that has none. */
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
        ':purge': Math.floor(now.getTime() / 1000) + keepSentDays * 24 * 60 * 60,
      },
    },
  );
  try {
    await dynamo.write(mark);
  } catch (error) {
    // Sent, marked and purged by another relay: there is nothing left to mark.
    if (!refuses(error, mark)) throw error;
  }
}

/**
 * The aggregates with entries that were written before `before` and are still unsent, oldest first. One page of
 * each shard a run: after a long outage the next runs go on.
 */
async function abandoned(
  dynamo: Dynamo,
  table: string,
  before: Date,
): Promise<{ waiting: string[]; oldest: Date | undefined }> {
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
    waiting: [...new Set(oldestFirst.map(({ aggregate_id }) => aggregate_id))],
    oldest: first && new Date(first.created_at),
  };
}
