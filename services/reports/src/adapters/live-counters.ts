import {
  type DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

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

/** Counters in the metrics table: event and counter in one transaction, so that a redelivery counts nothing. */
export function liveCounters(client: DynamoDBClient, table: string, now: () => Date): LiveCounters {
  return {
    count: async ({ id, day, milestone, totalCents, currency }) => {
      const purgeAt = Math.floor(now().getTime() / 1000) + rememberDays * 24 * 60 * 60;
      try {
        await client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              {
                Put: {
                  TableName: table,
                  Item: marshall({ pk: `counted#${id}`, sk: milestone, purge_at: purgeAt }),
                  ConditionExpression: 'attribute_not_exists(pk)',
                },
              },
              {
                Update: {
                  TableName: table,
                  Key: marshall({ pk: partition(day), sk: `${milestone}#${currency}` }),
                  UpdateExpression: 'ADD orders :one, cents :cents',
                  ExpressionAttributeValues: marshall({ ':one': 1, ':cents': totalCents }),
                },
              },
            ],
          }),
        );
      } catch (error) {
        if (!wasCounted(error)) throw error;
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

const wasCounted = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed';
