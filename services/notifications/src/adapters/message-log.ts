import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import type { Message } from '../domain/message.ts';
import { batchedWrites } from './batches.ts';

/** What users were told. */
export type MessageLog = {
  /** Records a message as it is now. */
  record(message: Message): Promise<void>;
  /** A page of a user's messages, newest first. @throws InvalidRequest for a cursor of another list */
  list(
    userId: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: Message[]; nextCursor?: string }>;
};

/** Kept for a year: customers ask about last season's orders, not about older ones. */
const keepSeconds = 365 * 24 * 60 * 60;

const prefix = 'MESSAGE#';
const cursorSchema = z.string().startsWith(prefix).max(200);

const toItem = (message: Message) => ({
  pk: `USER#${message.userId}`,
  sk: `${prefix}${message.occurredAt}#${message.id}#${message.template}`,
  ...message,
  purge_at: Math.floor(Date.parse(message.occurredAt) / 1000) + keepSeconds,
});

/** See {@link MessageLog}. */
export function messageLog(client: DynamoDBClient, table: string): MessageLog {
  const write = batchedWrites(client, table);
  return {
    record: (message) => write(toItem(message)),
    list: async (userId, { limit, cursor }) => {
      const after = decodeCursor(cursorSchema, cursor);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :user AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: marshall({ ':user': `USER#${userId}`, ':prefix': prefix }),
          ScanIndexForward: false,
          Limit: limit,
          ...(after === undefined
            ? {}
            : { ExclusiveStartKey: marshall({ pk: `USER#${userId}`, sk: after }) }),
        }),
      );
      return {
        items: Items.map((item) => unmarshall(item) as Message),
        ...(LastEvaluatedKey === undefined
          ? {}
          : { nextCursor: encodeCursor(unmarshall(LastEvaluatedKey)['sk']) }),
      };
    },
  };
}
