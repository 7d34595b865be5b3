import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { coalesce } from '#shared/coalesce.ts';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import { ConditionsFailed, refuses } from '#shared/dynamo/refusals.ts';
import { put, update, type Write } from '#shared/dynamo/write.ts';

/** What is counted of a day. */
export type Milestone = 'created' | 'completed' | 'cancelled';
export type LiveFigures = Record<Milestone, number> & { createdCents: Record<string, number> };

/** One order's milestone, as its event tells it. */
export type Counted = {
  id: string;
  day: string;
  milestone: Milestone;
  totalCents: number;
  currency: string;
};

/** Counters that count each event once. */
export type LiveCounters = {
  count(event: Counted): Promise<void>;
  ofDay(day: string): Promise<LiveFigures>;
};

/** How long an event is remembered: longer than SNS retries (up to 23 days for functions). */
const rememberDays = 30;

const partition = (day: string): string => `live#${day}`;

/** Events that are counted side by side: each has its mark, and may need a counter of its own, in one transaction of 100. */
const maxCounted = 50;

/**
 * Counters in the metrics table: events and counters in one transaction, so that a redelivery counts nothing. All
 * events of a day meet in a few counters, so that transactions conflict: those of one process are joined, and the
 * rest are tried again until their turn comes.
 */
export function liveCounters(client: DynamoDBClient, table: string, now: () => Date): LiveCounters {
  const { transact } = dynamo(client);
  const markOf = ({ id, milestone }: Counted): Write =>
    put(
      table,
      {
        pk: `counted#${id}`,
        sk: milestone,
        purge_at: Math.floor(now().getTime() / 1000) + rememberDays * 24 * 60 * 60,
      },
      { condition: 'attribute_not_exists(pk)' },
    );
  return {
    count: coalesce<Counted, void>(maxCounted, 1, async (events) => {
      let marks = new Map(
        [...new Map(events.map((event) => [event.id, event])).values()].map((event) => [
          event,
          markOf(event),
        ]),
      );
      while (marks.size > 0) {
        try {
          await transact([...marks.values(), ...additions(table, [...marks.keys()])]);
          break;
        } catch (error) {
          // Those are counted already; each round has fewer.
          if (!(error instanceof ConditionsFailed)) throw error;
          marks = new Map([...marks].filter(([, mark]) => !refuses(error, mark)));
        }
      }
      return events.map(() => undefined);
    }),
    ofDay: async (day) => {
      // A counter for each milestone and currency: a dozen items at most.
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: marshall({ ':pk': partition(day) }),
        }),
      );
      const figures: LiveFigures = { created: 0, completed: 0, cancelled: 0, createdCents: {} };
      for (const item of Items) {
        const { sk, orders, cents } = unmarshall(item) as { sk: string; orders: number; cents: number };
        const [milestone, currency] = sk.split('#') as [Milestone, string];
        figures[milestone] += orders;
        if (milestone === 'created') figures.createdCents[currency] = cents;
      }
      return figures;
    },
  };
}

/** What events add to their counters, one write each: a transaction names an item once. */
function additions(table: string, events: readonly Counted[]): Write[] {
  const byCounter = Map.groupBy(events, ({ day, milestone, currency }) => `${day} ${milestone}#${currency}`);
  return [...byCounter].map(([counter, counted]) => {
    const [day = '', sk] = counter.split(' ');
    return update(table, { pk: partition(day), sk }, 'ADD orders :orders, cents :cents', {
      values: {
        ':orders': counted.length,
        ':cents': counted.reduce((sum, { totalCents }) => sum + totalCents, 0),
      },
    });
  });
}
