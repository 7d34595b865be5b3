import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { conditionFailed } from '#shared/dynamo/conditions.ts';
import { type Dynamo, dynamo } from '#shared/dynamo/dynamo.ts';
import { batchTransactions } from '#shared/dynamo/transaction-batcher.ts';
import { type Item, put, remove } from '#shared/dynamo/write.ts';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import type { Message, Sent } from '../domain/message.ts';
import { batchReads, batchWrites } from './batches.ts';

/** A stored message; `claimedUntil` (ms) while a delivery is sending it. */
export type LoggedMessage = Message & { claimedUntil?: number };

/** Messages sent and being sent, one item each. Concurrent calls share DynamoDB calls. */
export type MessageLog = {
  /** Claims a message for sending until `claimedUntil` (ms); false if it is sent or claimed by another delivery. */
  claim(message: Message, claimedUntil: number, now: Date): Promise<boolean>;
  /** Releases the claim that ends at `claimedUntil`, and no other. */
  release(message: Message, claimedUntil: number): Promise<void>;
  /** Records a message as sent, also after the claim has expired: the mail is sent in any case. */
  recordSent(message: Message, sent: Sent): Promise<void>;
  find(message: Message): Promise<LoggedMessage | undefined>;
  /** A page of a user's messages, newest first. @throws InvalidRequest for a cursor of another list */
  list(
    userId: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: Message[]; nextCursor?: string }>;
  /** Every message of a user, oldest first. */
  all(userId: string): Promise<Message[]>;
  /** Deletes every message of a user. */
  deleteAll(userId: string): Promise<void>;
};

/** One year: customers ask about last season's orders. No queue keeps an event that long. */
const lifetimeMs = 365 * 24 * 60 * 60 * 1000;

const prefix = 'MESSAGE#';
const cursorSchema = z.string().startsWith(prefix).max(200);

const keyOf = ({ userId, occurredAt, id, template }: Message) => ({
  pk: `USER#${userId}`,
  sk: `${prefix}${occurredAt}#${id}#${template}`,
});
const toItem = (message: LoggedMessage) => ({
  ...keyOf(message),
  ...message,
  purge_at: Math.floor((Date.parse(message.occurredAt) + lifetimeMs) / 1000),
});

/** See {@link MessageLog}. */
export function messageLog(client: DynamoDBClient, table: string): MessageLog {
  const db = dynamo(client);
  const read = batchReads(client, table);
  const write = batchWrites(client, table);
  const transact = batchTransactions(db);
  return {
    claim: async (message, claimedUntil, now) => {
      const claim = put(table, toItem({ ...message, claimedUntil }), {
        condition: 'attribute_not_exists(pk) OR (#status = :sending AND claimedUntil < :now)',
        names: { '#status': 'status' },
        values: { ':sending': 'sending', ':now': now.getTime() },
      });
      try {
        await transact([claim]);
        return true;
      } catch (error) {
        if (!conditionFailed(error, claim)) throw error;
        return false;
      }
    },
    release: async (message, claimedUntil) => {
      const release = put(table, toItem({ ...message, claimedUntil: 0 }), {
        condition: '#status = :sending AND claimedUntil = :mine',
        names: { '#status': 'status' },
        values: { ':sending': 'sending', ':mine': claimedUntil },
      });
      try {
        await transact([release]);
      } catch (error) {
        // The claim has expired and another delivery has claimed or sent the message.
        if (!conditionFailed(error, release)) throw error;
      }
    },
    recordSent: (message, sent) => write(toItem({ ...message, ...sent, status: 'sent' })),
    find: async (message) => (await read(keyOf(message))) as LoggedMessage | undefined,
    list: async (userId, { limit, cursor }) => {
      const list = `notifications ${userId}`;
      const after = decodeCursor(list, cursorSchema, cursor);
      const pk = `USER#${userId}`;
      const page = await db.query<Message>({
        table,
        where: 'pk = :pk AND begins_with(sk, :prefix)',
        values: { ':pk': pk, ':prefix': prefix },
        descending: true,
        limit,
        ...(after === undefined ? {} : { after: { pk, sk: after } }),
      });
      return {
        items: page.items,
        ...(page.next === undefined ? {} : { nextCursor: encodeCursor(list, page.next['sk']) }),
      };
    },
    all: (userId) => readAll(db, table, userId),
    deleteAll: async (userId) => {
      for (const message of await readAll(db, table, userId)) await db.write(remove(table, keyOf(message)));
    },
  };
}

async function readAll(db: Dynamo, table: string, userId: string): Promise<Message[]> {
  const messages: Message[] = [];
  let after: Item | undefined;
  do {
    const page = await db.query<Message>({
      table,
      where: 'pk = :pk AND begins_with(sk, :prefix)',
      values: { ':pk': `USER#${userId}`, ':prefix': prefix },
      ...(after === undefined ? {} : { after }),
    });
    messages.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return messages;
}
