import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Unavailable } from '../errors.ts';
import { lean } from '../lean-client.ts';
import { failureOf } from './refusals.ts';
import {
  type Expression,
  type Item,
  parametersOf,
  toAttributes,
  toTransactItem,
  type Write,
} from './write.ts';

/** Which items of a table or index, in which order; reads of a table are strongly consistent, of an index never. */
export type Selection = Expression & {
  table: string;
  index?: string;
  /** The key condition: `product_id = :id`. */
  where: string;
  filter?: string;
  descending?: boolean;
  limit?: number;
  after?: Item;
};

/** A page of items; `next` is where to go on, absent at the end. */
export type Page<T> = { items: T[]; next?: Item };

/** DynamoDB in plain values. Every method ends in {@link Unavailable} when the service is short or the items stay contended. */
export type Dynamo = {
  get<T extends object = Item>(table: string, key: Item): Promise<T | undefined>;
  query<T extends object = Item>(selection: Selection): Promise<Page<T>>;
  /** Reads a page of a whole table: only for tables that stay small. */
  scan<T extends object = Item>(table: string, limit: number, after?: Item): Promise<Page<T>>;
  /** One write. @throws ConditionsFailed */
  write(write: Write): Promise<void>;
  /** All writes or none, at most 100. @throws ConditionsFailed naming the writes whose conditions did not hold */
  transact(writes: readonly Write[]): Promise<void>;
};

/** Contended items are tried this often: together about a second at most, within any caller's patience. */
const maxTries = 6;
const firstWaitMs = 20;
const maxWaitMs = 400;

/** The DynamoDB client of a process; its endpoint and credentials come from the environment, as on AWS. */
export const dynamoClient = (): DynamoDBClient => lean(new DynamoDBClient({ maxAttempts: 3 }));

/** DynamoDB over the SDK's client: plain values in and out, conflicts retried with jitter. */
export function dynamo(client: DynamoDBClient = dynamoClient()): Dynamo {
  return {
    get: <T extends object>(table: string, key: Item) =>
      trying([], async () => {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true }),
        );
        return Item === undefined ? undefined : (unmarshall(Item) as T);
      }),
    query: <T extends object>(selection: Selection) =>
      trying([], async () => toPage<T>(await client.send(new QueryCommand(toQuery(selection))))),
    scan: <T extends object>(table: string, limit: number, after?: Item) =>
      trying([], async () =>
        toPage<T>(
          await client.send(
            new ScanCommand({
              TableName: table,
              Limit: limit,
              ...(after === undefined ? {} : { ExclusiveStartKey: toAttributes(after) }),
            }),
          ),
        ),
      ),
    write: (write) => trying([write], () => writeOne(client, write)),
    transact: (writes) =>
      trying(writes, async () => {
        await client.send(new TransactWriteItemsCommand({ TransactItems: writes.map(toTransactItem) }));
      }),
  };
}

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): contenders spread out instead of meeting again. */
const waitMs = (attempt: number): number => Math.random() * Math.min(maxWaitMs, firstWaitMs * 2 ** attempt);

async function trying<T>(writes: readonly Write[], call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (cause) {
      const failure = failureOf(cause, writes);
      if (failure.kind === 'conditions') throw failure.error;
      if (failure.kind === 'other') throw cause;
      if (failure.kind === 'unavailable' || attempt === maxTries)
        throw new Unavailable('The store is busy. Try again in a moment.', { retryAfterSeconds: 1, cause });
      await new Promise((resolve) => setTimeout(resolve, waitMs(attempt)));
    }
  }
}

async function writeOne(client: DynamoDBClient, write: Write): Promise<void> {
  const parameters = parametersOf(write);
  switch (write.kind) {
    case 'put':
      await client.send(new PutItemCommand(parameters));
      return;
    case 'update':
      await client.send(new UpdateItemCommand(parameters));
      return;
    case 'remove':
      await client.send(new DeleteItemCommand(parameters));
      return;
    case 'check':
      throw new TypeError('a check alone writes nothing');
  }
}

const toQuery = (selection: Selection) => ({
  TableName: selection.table,
  KeyConditionExpression: selection.where,
  ScanIndexForward: !selection.descending,
  ...(selection.index === undefined ? { ConsistentRead: true } : { IndexName: selection.index }),
  ...(selection.filter === undefined ? {} : { FilterExpression: selection.filter }),
  ...(selection.names === undefined ? {} : { ExpressionAttributeNames: selection.names }),
  ...(selection.values === undefined ? {} : { ExpressionAttributeValues: toAttributes(selection.values) }),
  ...(selection.limit === undefined ? {} : { Limit: selection.limit }),
  ...(selection.after === undefined ? {} : { ExclusiveStartKey: toAttributes(selection.after) }),
});

type Attributes = Parameters<typeof unmarshall>[0];
type Answer = { Items?: Attributes[] | undefined; LastEvaluatedKey?: Attributes | undefined };

const toPage = <T>({ Items = [], LastEvaluatedKey }: Answer): Page<T> => ({
  items: Items.map((item) => unmarshall(item) as T),
  ...(LastEvaluatedKey === undefined ? {} : { next: unmarshall(LastEvaluatedKey) }),
});
