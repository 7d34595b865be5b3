import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { OrderRow } from '../domain/order-row.ts';

/** The rows of the daily report, one partition a day, so that a report is one query. */
export type OrderRows = {
  /** Keeps a row unless a newer one is there; the same event twice, or an older one late, changes nothing. */
  keep(row: OrderRow): Promise<void>;
  /** Every row of a day; reads page after page, 1 MB each. */
  ofDay(day: string): Promise<OrderRow[]>;
};

const partition = (day: string): string => `orders#${day}`;

/** Rows in the metrics table. */
export function orderRows(client: DynamoDBClient, table: string): OrderRows {
  return {
    keep: async (row) => {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: marshall({ pk: partition(row.day), sk: row.orderId }),
            UpdateExpression: 'SET #row = :row, #sequence = :sequence',
            ConditionExpression: 'attribute_not_exists(#sequence) OR #sequence < :sequence',
            ExpressionAttributeNames: { '#row': 'row', '#sequence': 'sequence' },
            ExpressionAttributeValues: marshall({ ':row': row, ':sequence': row.sequence }),
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
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
