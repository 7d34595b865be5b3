import type { TableSpec } from '../../build/deployment.ts';
import { AwsRefusal, type Need } from './call.ts';
import { attributeContext, type Touching } from './dynamodb-attributes.ts';

type Item = Record<string, unknown>;
type Keyed = Touching & { TableName?: string; Key?: Item; Item?: Item };
/** The members of DynamoDB's inputs that decide what a call touches. */
export type DynamoInput = Keyed & {
  IndexName?: string;
  ExpressionAttributeValues?: Record<string, unknown>;
  RequestItems?: Record<
    string,
    (Touching & { Keys?: Item[] }) | { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]
  >;
  TransactItems?: Partial<Record<'Put' | 'Update' | 'Delete' | 'ConditionCheck' | 'Get', Keyed>>[];
  StreamArn?: string;
  ResourceArn?: string;
};

/** Where the tables are, and how their partition keys are called (for `dynamodb:LeadingKeys`). */
export type TableBook = { arnOf(table: string): string; keyOf(table: string): string | undefined };

export function tableBook(region: string, accountId: string, tables: TableSpec[]): TableBook {
  const keys = new Map(tables.map((table) => [table.name, table.partitionKey.name]));
  return {
    arnOf: (table) =>
      table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${accountId}:table/${table}`,
    keyOf: (table) => keys.get(table.slice(table.lastIndexOf('/') + 1)),
  };
}

const PARTS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
} as const;
const ON_ITEM = new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);
const ON_TABLE = new Set([
  'CreateTable',
  'DeleteTable',
  'DescribeTable',
  'UpdateTable',
  'UpdateTimeToLive',
  'DescribeTimeToLive',
]);
const ON_STREAM = new Set(['DescribeStream', 'GetShardIterator', 'GetRecords', 'ListStreams']);

/**
 * The rights that a DynamoDB call needs. A transaction needs the right of each of its parts on that table, a batch
 * its own right on every table, a query that of the index it reads
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html).
 * @throws AwsRefusal unknown-operation
 */
export function dynamoNeeds(operation: string, input: DynamoInput, book: TableBook): Need[] {
  const need = (
    action: string,
    table: string,
    items: (Item | undefined)[],
    parts: Touching[],
    index?: string,
  ): Need => ({
    action: `dynamodb:${action}`,
    resource: index ? `${book.arnOf(table)}/index/${index}` : book.arnOf(table),
    context: () => ({ ...leadingKeys(items, book.keyOf(table)), ...attributeContext(action, parts) }),
  });
  if (ON_ITEM.has(operation))
    return [need(operation, input.TableName ?? '', [input.Key ?? input.Item], [input])];
  if (operation === 'Query')
    return [
      need(
        'Query',
        input.TableName ?? '',
        [queriedKey(input, book.keyOf(input.TableName ?? ''))],
        [input],
        input.IndexName,
      ),
    ];
  if (operation === 'Scan') return [need('Scan', input.TableName ?? '', [], [input], input.IndexName)];
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems')
    return transactionNeeds(input, need);
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem')
    return Object.entries(input.RequestItems ?? {}).map(([table, requests]) =>
      need(
        operation,
        table,
        Array.isArray(requests)
          ? requests.map((request) => request.PutRequest?.Item ?? request.DeleteRequest?.Key)
          : (requests.Keys ?? []),
        Array.isArray(requests)
          ? requests.map((request) => request.PutRequest ?? request.DeleteRequest ?? {})
          : [requests],
      ),
    );
  if (ON_TABLE.has(operation)) return [need(operation, input.TableName ?? '', [], [])];
  if (operation === 'ListTables') return [{ action: 'dynamodb:ListTables', resource: '*' }];
  if (ON_STREAM.has(operation))
    return [{ action: `dynamodb:${operation}`, resource: input.StreamArn ?? '*' }];
  throw new AwsRefusal(
    'unknown-operation',
    `The local platform does not know the operation DynamoDB ${operation}`,
  );
}

function transactionNeeds(
  input: DynamoInput,
  need: (action: string, table: string, items: (Item | undefined)[], parts: Touching[]) => Need,
): Need[] {
  const found = new Map<string, { action: string; table: string; parts: Keyed[] }>();
  for (const part of input.TransactItems ?? []) {
    for (const [kind, keyed] of Object.entries(part)) {
      const action = PARTS[kind as keyof typeof PARTS];
      const table = keyed?.TableName ?? '';
      const entry = found.get(`${action} ${table}`) ?? { action, table, parts: [] };
      entry.parts.push(keyed ?? {});
      found.set(`${action} ${table}`, entry);
    }
  }
  return [...found.values()].map(({ action, table, parts }) =>
    need(
      action,
      table,
      parts.map((part) => part.Key ?? part.Item),
      parts,
    ),
  );
}

function leadingKeys(items: (Item | undefined)[], key: string | undefined): Record<string, string[]> {
  if (!key) return {};
  const values = items.flatMap((item) => {
    const value = item?.[key];
    return value && typeof value === 'object' ? Object.values(value).map(String) : [];
  });
  return values.length > 0 ? { 'dynamodb:leadingkeys': values } : {};
}

/** The partition key's value in `pk = :value` of a key condition, as if it were an item. */
function queriedKey(input: DynamoInput, key: string | undefined): Item | undefined {
  if (!key || input.IndexName) return undefined;
  for (const [, name = '', value = ''] of (input.KeyConditionExpression ?? '').matchAll(
    /([#\w.]+)\s*=\s*(:\w+)/g,
  )) {
    if ((input.ExpressionAttributeNames?.[name] ?? name) === key)
      return { [key]: input.ExpressionAttributeValues?.[value] };
  }
  return undefined;
}
