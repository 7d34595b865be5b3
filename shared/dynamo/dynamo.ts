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
import { failureOf } from './conditions.ts';
import {
  type Expression,
  type Item,
  parametersOf,
  toAttributes,
  toTransactItem,
  type Write,
} from './write.ts';

/** Selects items of a table or index. Reads of a table are strongly consistent, of an index never. */
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

/** A page of items; `next` is the start of the following page, absent on the last. */
export type Page<T> = { items: T[]; next?: Item };

/** DynamoDB with plain values. Every method throws {@link Unavailable} if DynamoDB is unavailable or the items stay contended. */
export type Dynamo = {
  get<T extends object = Item>(table: string, key: Item): Promise<T | undefined>;
  query<T extends object = Item>(selection: Selection): Promise<Page<T>>;
  /** Reads a page of a whole table; for small tables only. */
  scan<T extends object = Item>(table: string, limit: number, after?: Item): Promise<Page<T>>;
  /** One write. @throws ConditionsFailed */
  write(write: Write): Promise<void>;
  /** All writes or none, at most 100. @throws ConditionsFailed with the writes whose conditions failed */
  transact(writes: readonly Write[]): Promise<void>;
};

/** Attempts on contended items; all waits together are about a second at most, below every caller's timeout. */
const maxAttempts = 6;
const firstDelayMs = 20;
const maxDelayMs = 400;

/** Attempts of the SDK on throttling and server errors. */
const sdkAttempts = 3;

/** The DynamoDB client of a process; endpoint and credentials come from the environment. */
export const dynamoClient = (): DynamoDBClient => lean(new DynamoDBClient({ maxAttempts: sdkAttempts }));

/** Converts plain values and retries conflicts with jitter. */
export function dynamo(client: DynamoDBClient = dynamoClient()): Dynamo {
  return {
    get: <T extends object>(table: string, key: Item) =>
      withRetries([], async () => {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true }),
        );
        return Item === undefined ? undefined : (unmarshall(Item) as T);
      }),
    query: <T extends object>(selection: Selection) =>
      withRetries([], async () => toPage<T>(await client.send(new QueryCommand(toQuery(selection))))),
    scan: <T extends object>(table: string, limit: number, after?: Item) =>
      withRetries([], async () =>
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
    write: (write) => withRetries([write], () => writeOne(client, write)),
    transact: (writes) =>
      withRetries(writes, async () => {
        await client.send(new TransactWriteItemsCommand({ TransactItems: writes.map(toTransactItem) }));
      }),
  };
}

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), so that contenders do not collide again. */
const delayMs = (attempt: number): number =>
  Math.random() * Math.min(maxDelayMs, firstDelayMs * 2 ** attempt);

async function withRetries<T>(writes: readonly Write[], call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (cause) {
      const failure = failureOf(cause, writes);
      if (failure.kind === 'conditions') throw failure.error;
      if (failure.kind === 'other') throw cause;
      if (failure.kind === 'unavailable' || attempt === maxAttempts)
        throw new Unavailable('The store is busy. Try again in a moment.', { retryAfterSeconds: 1, cause });
      await new Promise((resolve) => setTimeout(resolve, delayMs(attempt)));
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
      throw new TypeError('a check is only possible in a transaction');
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
type Output = { Items?: Attributes[] | undefined; LastEvaluatedKey?: Attributes | undefined };

const toPage = <T>({ Items = [], LastEvaluatedKey }: Output): Page<T> => ({
  items: Items.map((item) => unmarshall(item) as T),
  ...(LastEvaluatedKey === undefined ? {} : { next: unmarshall(LastEvaluatedKey) }),
});
