import type { TableSpec } from '../../build/deployment.ts';
import { type RequiredPermission, unsupportedOperation } from './call.ts';
import { type AttributeReferences, attributeContext } from './dynamodb-attributes.ts';

type Item = Record<string, unknown>;
type Keyed = AttributeReferences & { TableName?: string; Key?: Item; Item?: Item };
/** The members of DynamoDB's inputs that determine the required permissions. */
export type DynamoInput = Keyed & {
  IndexName?: string;
  ExpressionAttributeValues?: Record<string, unknown>;
  RequestItems?: Record<
    string,
    | (AttributeReferences & { Keys?: Item[] })
    | { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]
  >;
  TransactItems?: Partial<Record<'Put' | 'Update' | 'Delete' | 'ConditionCheck', Keyed>>[];
};

/** ARNs of tables and names of their partition keys (for `dynamodb:LeadingKeys`). */
export type TableCatalog = { arnOf(table: string): string; keyOf(table: string): string | undefined };

export function tableCatalog(region: string, accountId: string, tables: TableSpec[]): TableCatalog {
  const keys = new Map(tables.map((table) => [table.name, table.partitionKey.name]));
  return {
    arnOf: (table) =>
      table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${accountId}:table/${table}`,
    keyOf: (table) => keys.get(table.slice(table.lastIndexOf('/') + 1)),
  };
}

const itemActions = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const;
const itemOperations = new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);
/**
 * The permissions that a DynamoDB call requires: for a transaction those of each of its parts, for a batch its own on
 * every table, for a query that of the index it reads
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html).
 * @throws AwsError unknown-operation
 */
export function dynamoPermissions(
  operation: string,
  input: DynamoInput,
  catalog: TableCatalog,
): RequiredPermission[] {
  const permission = (
    action: string,
    table: string,
    items: (Item | undefined)[],
    parts: AttributeReferences[],
    index?: string,
  ): RequiredPermission => ({
    action: `dynamodb:${action}`,
    resource: index ? `${catalog.arnOf(table)}/index/${index}` : catalog.arnOf(table),
    items: items.length,
    context: () => ({ ...leadingKeys(items, catalog.keyOf(table)), ...attributeContext(action, parts) }),
  });
  if (itemOperations.has(operation))
    return [permission(operation, input.TableName ?? '', [input.Key ?? input.Item], [input])];
  if (operation === 'Query')
    return [
      permission(
        'Query',
        input.TableName ?? '',
        [queriedKey(input, catalog.keyOf(input.TableName ?? ''))],
        [input],
        input.IndexName,
      ),
    ];
  if (operation === 'Scan') return [permission('Scan', input.TableName ?? '', [], [input], input.IndexName)];
  if (operation === 'TransactWriteItems') return transactionPermissions(input, permission);
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem')
    return Object.entries(input.RequestItems ?? {}).map(([table, requests]) =>
      permission(
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
  throw unsupportedOperation(`DynamoDB ${operation}`);
}

function transactionPermissions(
  input: DynamoInput,
  permission: (
    action: string,
    table: string,
    items: (Item | undefined)[],
    parts: AttributeReferences[],
  ) => RequiredPermission,
): RequiredPermission[] {
  const found = new Map<string, { action: string; table: string; parts: Keyed[] }>();
  for (const part of input.TransactItems ?? []) {
    for (const [kind, keyed] of Object.entries(part)) {
      const action = itemActions[kind as keyof typeof itemActions];
      const table = keyed?.TableName ?? '';
      const entry = found.get(`${action} ${table}`) ?? { action, table, parts: [] };
      entry.parts.push(keyed ?? {});
      found.set(`${action} ${table}`, entry);
    }
  }
  return [...found.values()].map(({ action, table, parts }) =>
    permission(
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

/** The partition key's value in `pk = :value` of a key condition, in the form of an item. */
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
