import { coalesce } from '../coalesce.ts';
import { logger } from '../lambda/telemetry.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import { countLag } from '../outbox/lag.ts';
import type { Publish } from '../outbox/publish.ts';
import { sendInOrder } from '../outbox/send.ts';
import type { Database } from './database.ts';
import { type Sql, sql } from './sql.ts';

/**
 * How long a claim lasts: longer than a publish with its retries, short enough that a relay that dies delays its events
 * by less than a minute.
 */
const claimMs = 20_000;
/** Waits before checking again whether another process has sent an earlier event. */
const orderWaitsMs = [15, 40, 100, 250, 600, 1_000];
/** Aggregates per round of the sweep. */
const sweepAggregates = 100;
/** Sent rows are kept this long, as proof of what was published. */
const keepSentDays = 14;

/** Written entries that are to be relayed after the commit; `claimed` if no other relay may send them. */
export type Written = { entries: OutboxEntry[]; claimed: boolean };

/** Publishes written events. */
export type Relay = {
  /** After the commit: publishes the written events at once. Never throws: the sweep publishes what is left. */
  relay(written: Written): Promise<void>;
};

/** The outbox of a service with a PostgreSQL database: see {@link postgresOutbox}. */
export type Outbox = Relay & {
  /** Publishes what relays left; returns how many events were sent and how many failed. */
  sweep(): Promise<{ sent: number; failed: number }>;
  /**
   * Marks events written since then as unsent, so that the sweep sends them again in order: for topics and queues that
   * were lost with their region. Returns how many; sent rows are kept for 14 days.
   */
  markUnsent(since: Date): Promise<number>;
};

/**
 * Events are written with the state that they announce, then relayed. One row per event and destination:
 *
 *     (none) ──write──▶ claimed by its writer ──published──▶ sent ──14 days──▶ deleted
 *        │                  │                                 ▲  │
 *        │                  │ claim expires (the relay died   │  └─ mark unsent (region lost) ─▶ unclaimed
 *        │                  ▼ or the publish failed)          │
 *        └──write──▶ unclaimed ──claim by relay or sweep──▶ claimed ──published──┘
 *      (an earlier event of the aggregate is unsent)
 *
 * A claim covers whole aggregates and starts at an aggregate's oldest unsent event, so a destination never gets events
 * in the wrong order, and never one that was rolled back. The trade-off: a relay that dies between publish and mark
 * publishes twice, with the same event id, which subscribers tolerate; and a failed event blocks the later events of
 * its own aggregate, but of no other.
 */
export function postgresOutbox(database: Database, publish: Publish): Outbox {
  const markSent = coalesce<OutboxEntry[], void>(50, 1, async (groups) => {
    const entries = groups.flat();
    // As text, so that it is planned each time: a plan from when the table was small would always scan all of it.
    await database.query(
      `UPDATE outbox o SET sent_at = clock_timestamp()
         FROM unnest($1::uuid[], $2::text[]) AS s(id, destination)
        WHERE o.id = s.id AND o.destination = s.destination`,
      [entries.map(({ id }) => id), entries.map(({ destination }) => destination)],
    );
    return groups.map(() => undefined);
  });

  const send = async (entries: OutboxEntry[]) => {
    const { sent, unsent, error } = await sendInOrder(entries, publish);
    if (sent.length > 0) await markSent(sent);
    if (unsent.length > 0)
      logger.warn('events not published, the sweep will retry', {
        count: unsent.length,
        error: error as Error,
      });
    return { sent: sent.length, failed: unsent.length };
  };

  return {
    relay: async (written) => {
      try {
        const entries = written.claimed ? written.entries : await claimInTurn(database, written.entries);
        await send(entries);
      } catch (error) {
        logger.warn('relay after commit failed, the sweep will retry', error as Error);
      }
    },
    sweep: async () => {
      const total = { sent: 0, failed: 0 };
      let oldest: Date | undefined;
      for (;;) {
        const abandoned = await claim(database, 'true', []);
        if (abandoned.length === 0) break;
        for (const { created_at } of abandoned)
          if (oldest === undefined || created_at < oldest) oldest = created_at;
        const { sent, failed } = await send(abandoned.map(toEntry));
        total.sent += sent;
        total.failed += failed;
        // Nothing can be published: the next sweep tries again after the claims have expired.
        if (sent === 0) break;
      }
      countLag(oldest, new Date());
      await database.query(`DELETE FROM outbox WHERE sent_at < clock_timestamp() - $1 * interval '1 day'`, [
        keepSentDays,
      ]);
      return total;
    },
    markUnsent: async (since) => {
      const rows = await database.query(
        sql`UPDATE outbox SET sent_at = NULL, claimed_until = NULL
             WHERE sent_at IS NOT NULL AND created_at >= ${since} RETURNING 1`,
      );
      return rows.length;
    },
  };
}

/**
 * Part of a larger statement: writes entries (at least one) if `condition` holds. They are claimed at once, all or
 * none, unless an earlier event of an aggregate is unsent. Returns each row's `claimed`.
 */
export function insertOutboxRows(entries: readonly OutboxEntry[], condition: Sql): Sql {
  const destinations = entries.map(({ destination }) => destination);
  const aggregates = entries.map(({ aggregateId }) => aggregateId);
  return sql`INSERT INTO outbox (id, destination, aggregate_id, sequence, type, message, claimed_until)
      SELECT n.id, n.destination, n.aggregate_id, n.sequence, n.type, n.message,
             CASE WHEN EXISTS (SELECT FROM outbox e WHERE e.sent_at IS NULL
                                  AND e.destination = ANY(${destinations}) AND e.aggregate_id = ANY(${aggregates}))
                  THEN NULL ELSE clock_timestamp() + ${claimMs} * interval '1 ms' END
        FROM unnest(${entries.map(({ id }) => id)}::uuid[], ${destinations}::text[], ${aggregates}::text[],
                    ${entries.map(({ sequence }) => sequence)}::bigint[],
                    ${entries.map(({ type }) => type)}::text[], ${entries.map(({ message }) => message)}::text[])
             AS n(id, destination, aggregate_id, sequence, type, message)
       WHERE ${condition}
      RETURNING claimed_until IS NOT NULL AS claimed`;
}

type Row = {
  id: string;
  destination: OutboxEntry['destination'];
  aggregate_id: string;
  sequence: number;
  type: string;
  message: string;
  created_at: Date;
};

const toEntry = (row: Row): OutboxEntry => ({
  id: row.id,
  destination: row.destination,
  aggregateId: row.aggregate_id,
  sequence: row.sequence,
  type: row.type,
  version: (JSON.parse(row.message) as { version: number }).version,
  message: row.message,
});

/** Claims whole aggregates that no relay has claimed; locked rows belong to another relay and are skipped. */
const claim = (database: Database, condition: string, parameters: unknown[]): Promise<Row[]> =>
  database.query<Row>(
    `WITH oldest AS (
       SELECT destination, aggregate_id, sequence FROM outbox o
        WHERE sent_at IS NULL AND (claimed_until IS NULL OR claimed_until < clock_timestamp()) AND ${condition}
          AND NOT EXISTS (SELECT FROM outbox e WHERE e.sent_at IS NULL AND e.destination = o.destination
                             AND e.aggregate_id = o.aggregate_id AND e.sequence < o.sequence)
        ORDER BY created_at LIMIT ${sweepAggregates}
        FOR UPDATE SKIP LOCKED)
     UPDATE outbox o SET claimed_until = clock_timestamp() + $1 * interval '1 ms'
       FROM oldest
      WHERE o.destination = oldest.destination AND o.aggregate_id = oldest.aggregate_id AND o.sent_at IS NULL
     RETURNING o.id, o.destination, o.aggregate_id, o.sequence, o.type, o.message, o.created_at`,
    [claimMs, ...parameters],
  );

/** The writer of an earlier event is sending it: waits for that, then claims what is unclaimed. */
async function claimInTurn(database: Database, entries: OutboxEntry[]): Promise<OutboxEntry[]> {
  const aggregates = entries.map(({ aggregateId }) => aggregateId);
  const claimed: OutboxEntry[] = [];
  for (const waitMs of orderWaitsMs) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    claimed.push(...(await claim(database, 'aggregate_id = ANY($2)', [aggregates])).map(toEntry));
    if (
      entries.every((entry) =>
        claimed.some(({ id, destination }) => id === entry.id && destination === entry.destination),
      )
    )
      break;
  }
  return claimed;
}
