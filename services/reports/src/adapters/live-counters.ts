import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import { refuses } from '#shared/dynamo/refusals.ts';
import { put, update } from '#shared/dynamo/write.ts';

/** What is counted of a day. */
export type Milestone = 'created' | 'completed' | 'cancelled';
export type LiveFigures = Record<Milestone, number> & { createdCents: Record<string, number> };

/** Counters that count each event once. */
export type LiveCounters = {
  count(event: {
    id: string;
    day: string;
    milestone: Milestone;
    totalCents: number;
    currency: string;
  }): Promise<void>;
  ofDay(day: string): Promise<LiveFigures>;
};

/** How long an event is remembered: longer than SNS retries (up to 23 days for functions). */
const rememberDays = 30;

const partition = (day: string): string => `live#${day}`;

/**
 * Counters in the metrics table: event and counter in one transaction, so that a redelivery counts nothing. All
 * events of a day meet in a few counters, so that transactions conflict: each is tried again until its turn comes.
 */
export function liveCounters(client: DynamoDBClient, table: string, now: () => Date): LiveCounters {
  const { transact } = dynamo(client);
  return {
    count: async ({ id, day, milestone, totalCents, currency }) => {
      const purgeAt = Math.floor(now().getTime() / 1000) + rememberDays * 24 * 60 * 60;
      const mark = put(
        table,
        { pk: `counted#${id}`, sk: milestone, purge_at: purgeAt },
        { condition: 'attribute_not_exists(pk)' },
      );
      const counter = update(
        table,
        { pk: partition(day), sk: `${milestone}#${currency}` },
        'ADD orders :one, cents :cents',
        { values: { ':one': 1, ':cents': totalCents } },
      );
      try {
        await transact([mark, counter]);
      } catch (error) {
        if (!refuses(error, mark)) throw error;
      }
    },
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
