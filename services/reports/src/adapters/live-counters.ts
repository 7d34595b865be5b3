import type { Clock } from '#shared/clock.ts';
import { coalesce } from '#shared/coalesce.ts';
import { ConditionsFailed, conditionFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { put, update, type Write } from '#shared/dynamo/write.ts';
import type { Milestone } from '../domain/milestone.ts';

export type LiveFigures = Record<Milestone, number> & { createdCents: Record<string, number> };

/** One order's milestone; `id` is the event's. */
export type CountedEvent = {
  id: string;
  day: string;
  milestone: Milestone;
  totalCents: number;
  currency: string;
};

/** Counters that count each event once. */
export type LiveCounters = {
  count(event: CountedEvent): Promise<void>;
  ofDay(day: string): Promise<LiveFigures>;
};

/** Longer than SNS retries a function (23 days). */
const markLifetimeMs = 30 * 24 * 60 * 60 * 1000;

/** Each event needs a mark and may need its own counter, in one transaction of at most 100 items. */
const maxEvents = 50;

const partitionOf = (day: string): string => `live#${day}`;

/**
 * Counters in the metrics table. Marks of events and counters are written in one transaction, so a redelivered event
 * counts nothing. All events of a day share a few counters, so transactions conflict: those of one process are
 * merged, the others are retried.
 */
export function liveCounters(db: Dynamo, table: string, clock: Clock): LiveCounters {
  const markOf = ({ id, milestone }: CountedEvent): Write =>
    put(
      table,
      {
        pk: `counted#${id}`,
        sk: milestone,
        purge_at: Math.floor((clock().getTime() + markLifetimeMs) / 1000),
      },
      { condition: 'attribute_not_exists(pk)' },
    );
  return {
    count: coalesce<CountedEvent, void>(maxEvents, 1, async (events) => {
      const distinct = [...new Map(events.map((event) => [event.id, event])).values()];
      let marks = new Map(distinct.map((event) => [event, markOf(event)]));
      while (marks.size > 0) {
        try {
          await db.transact([...marks.values(), ...additions(table, [...marks.keys()])]);
          break;
        } catch (error) {
          if (!(error instanceof ConditionsFailed)) throw error;
          // Events whose mark exists are counted already; every round has fewer events.
          marks = new Map([...marks].filter(([, mark]) => !conditionFailed(error, mark)));
        }
      }
      return events.map(() => undefined);
    }),
    ofDay: async (day) => {
      // One counter per milestone and currency: a dozen items at most.
      const { items } = await db.query<{ sk: string; orders: number; cents: number }>({
        table,
        where: 'pk = :pk',
        values: { ':pk': partitionOf(day) },
      });
      const figures: LiveFigures = { created: 0, completed: 0, cancelled: 0, createdCents: {} };
      for (const { sk, orders, cents } of items) {
        const [milestone, currency] = sk.split('#') as [Milestone, string];
        figures[milestone] += orders;
        if (milestone === 'created') figures.createdCents[currency] = cents;
      }
      return figures;
    },
  };
}

/** One update per counter: a transaction may contain an item once. */
function additions(table: string, events: readonly CountedEvent[]): Write[] {
  const byCounter = Map.groupBy(events, ({ day, milestone, currency }) => `${day} ${milestone}#${currency}`);
  return [...byCounter].map(([counter, counted]) => {
    const [day = '', sk] = counter.split(' ');
    return update(table, { pk: partitionOf(day), sk }, 'ADD orders :orders, cents :cents', {
      values: {
        ':orders': counted.length,
        ':cents': counted.reduce((sum, { totalCents }) => sum + totalCents, 0),
      },
    });
  });
}
