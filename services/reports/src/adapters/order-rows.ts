import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { coalesce } from '#shared/coalesce.ts';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import { refuses } from '#shared/dynamo/refusals.ts';
import { transactTogether } from '#shared/dynamo/transaction-batcher.ts';
import { update } from '#shared/dynamo/write.ts';
import type { OrderRow } from '../domain/order-row.ts';

/** The rows of the daily report, one partition a day, so that a report is one query. */
export type OrderRows = {
  /** Keeps a row unless a newer one is there; the same event twice, or an older one late, changes nothing. */
  keep(row: OrderRow): Promise<void>;
  /** Every row of a day; reads page after page, 1 MB each. */
  ofDay(day: string): Promise<OrderRow[]>;
};

/** Rows that are written side by side: the items of one transaction. */
const maxRows = 100;

const partition = (day: string): string => `orders#${day}`;

/** Rows in the metrics table. */
export function orderRows(client: DynamoDBClient, table: string): OrderRows {
  const commit = transactTogether(dynamo(client));
  const keepNewest = async (row: OrderRow) => {
    const write = update(
      table,
      { pk: partition(row.day), sk: row.orderId },
      'SET #row = :row, #sequence = :sequence',
      {
        condition: 'attribute_not_exists(#sequence) OR #sequence < :sequence',
        names: { '#row': 'row', '#sequence': 'sequence' },
        values: { ':row': row, ':sequence': row.sequence },
      },
    );
    try {
      await commit([write]);
    } catch (error) {
      if (!refuses(error, write)) throw error;
    }
  };
  return {
    keep: coalesce<OrderRow, void>(maxRows, 1, async (rows) => {
      await Promise.all(newestOfEach(rows).map(keepNewest));
      return rows.map(() => undefined);
    }),
    ofDay: async (day) => {
      const rows: OrderRow[] = [];
      let after: QueryCommand['input']['ExclusiveStartKey'];
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: marshall({ ':pk': partition(day) }),
            ExclusiveStartKey: after,
            ConsistentRead: true,
          }),
        );
        for (const item of page.Items ?? []) rows.push(unmarshall(item)['row'] as OrderRow);
        after = page.LastEvaluatedKey;
      } while (after !== undefined);
      return rows;
    },
  };
}

/** An order is often placed and paid within one batch: only what it came to is written. */
function newestOfEach(rows: readonly OrderRow[]): OrderRow[] {
  const newest = new Map<string, OrderRow>();
  for (const row of rows) {
    const known = newest.get(row.orderId);
    if (known === undefined || known.sequence < row.sequence) newest.set(row.orderId, row);
  }
  return [...newest.values()];
}
