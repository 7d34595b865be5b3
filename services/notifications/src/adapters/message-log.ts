import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import { refuses } from '#shared/dynamo/refusals.ts';
import { transactTogether } from '#shared/dynamo/transaction-batcher.ts';
import { put } from '#shared/dynamo/write.ts';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import type { Message, Sent } from '../domain/message.ts';
import { batchedReads, batchedWrites } from './batches.ts';

/** A message as it stands; `claimedUntil` (ms) while somebody is sending it. */
export type LoggedMessage = Message & { claimedUntil?: number };

/** What users were told, and what is just being told: one item a message. Calls of one batch travel together. */
export type MessageLog = {
  /** Takes a message up for sending; false if it was sent, or somebody is at it until a time that is not over. */
  claim(message: Message, until: number): Promise<boolean>;
  /** Gives back a message that could not be sent, for the next try. */
  giveBack(message: Message): Promise<void>;
  /** Records that it was sent. */
  finish(message: Message, sent: Sent): Promise<void>;
  find(message: Message): Promise<LoggedMessage | undefined>;
  /** A page of a user's messages, newest first. @throws InvalidRequest for a cursor of another list */
  list(
    userId: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: Message[]; nextCursor?: string }>;
};

/** Kept for a year: customers ask about last season's orders, not about older ones. No queue keeps an event that long. */
const keepSeconds = 365 * 24 * 60 * 60;

const prefix = 'MESSAGE#';
const cursorSchema = z.string().startsWith(prefix).max(200);

const keyOf = ({ userId, occurredAt, id, template }: Message) => ({
  pk: `USER#${userId}`,
  sk: `${prefix}${occurredAt}#${id}#${template}`,
});
const toItem = (message: LoggedMessage) => ({
  ...keyOf(message),
  ...message,
  purge_at: Math.floor(Date.parse(message.occurredAt) / 1000) + keepSeconds,
});

/** See {@link MessageLog}. */
export function messageLog(client: DynamoDBClient, table: string): MessageLog {
  const read = batchedReads(client, table);
  const write = batchedWrites(client, table);
  const commit = transactTogether(dynamo(client));
  return {
    claim: async (message, until) => {
      const claiming = put(table, toItem({ ...message, claimedUntil: until }), {
        condition: 'attribute_not_exists(pk) OR (#status = :sending AND claimedUntil < :now)',
        names: { '#status': 'status' },
        values: { ':sending': 'sending', ':now': Date.now() },
      });
      try {
        await commit([claiming]);
        return true;
      } catch (error) {
        if (!refuses(error, claiming)) throw error;
        return false;
      }
    },
    giveBack: async (message) => {
      const freeing = put(table, toItem({ ...message, claimedUntil: 0 }), {
        condition: '#status = :sending',
        names: { '#status': 'status' },
        values: { ':sending': 'sending' },
      });
      await commit([freeing]);
    },
    finish: (message, sent) => write(toItem({ ...message, ...sent, status: 'sent' })),
    find: async (message) => (await read(keyOf(message))) as LoggedMessage | undefined,
    list: async (userId, { limit, cursor }) => {
      const list = `notifications ${userId}`;
      const after = decodeCursor(list, cursorSchema, cursor);
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
          : { nextCursor: encodeCursor(list, unmarshall(LastEvaluatedKey)['sk']) }),
      };
    },
  };
}
