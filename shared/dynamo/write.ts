import type { ConditionCheck, Delete, Put, TransactWriteItem, Update } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/** TransactWriteItems takes no more (Amazon DynamoDB, "Service quotas"). */
export const maxTransactionItems = 100;

/** An item as plain values, without attribute types. */
export type Item = Record<string, unknown>;

/** A condition or update in DynamoDB's expression language; `#name` and `:value` placeholders are bound here. */
export type Expression = { names?: Record<string, string>; values?: Item };

/** One write of a transaction; see {@link put}, {@link update}, {@link remove} and {@link check}. */
export type Write = Expression & { table: string; condition?: string } & (
    | { kind: 'put'; item: Item }
    | { kind: 'update'; key: Item; change: string }
    | { kind: 'remove'; key: Item }
    | { kind: 'check'; key: Item }
  );

/** The condition of a write and the values of its placeholders. */
export type Guard = Expression & { condition?: string };

/** Writes a whole item. */
export const put = (table: string, item: Item, guard: Guard = {}): Write => ({
  kind: 'put',
  table,
  item,
  ...guard,
});

/** Changes an item by an update expression (`SET …`, `ADD …`, `REMOVE …`). */
export const update = (table: string, key: Item, change: string, guard: Guard = {}): Write => ({
  kind: 'update',
  table,
  key,
  change,
  ...guard,
});

/** Deletes an item. */
export const remove = (table: string, key: Item, guard: Guard = {}): Write => ({
  kind: 'remove',
  table,
  key,
  ...guard,
});

/** A condition on an item that the transaction does not change. */
export const check = (table: string, key: Item, guard: Guard & { condition: string }): Write => ({
  kind: 'check',
  table,
  key,
  ...guard,
});

/** Undefined fields are not written. */
const marshalling = { removeUndefinedValues: true };

/** Converts plain values to DynamoDB's attribute values. */
export const toAttributes = (item: Item) => marshall(item, marshalling);

/** The parameters of a write, the same for a single command and in a transaction. */
export function parametersOf(write: Write): Put & Update & Delete & ConditionCheck {
  const { table, condition, names, values } = write;
  const shared = {
    TableName: table,
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: toAttributes(values) }),
  };
  const own =
    write.kind === 'put'
      ? { Item: toAttributes(write.item) }
      : {
          Key: toAttributes(write.key),
          ...(write.kind === 'update' ? { UpdateExpression: write.change } : {}),
        };
  return { ...shared, ...own } as Put & Update & Delete & ConditionCheck;
}

/** Converts a write to an item of TransactWriteItems. */
export function toTransactItem(write: Write): TransactWriteItem {
  const parameters = parametersOf(write);
  switch (write.kind) {
    case 'put':
      return { Put: parameters };
    case 'update':
      return { Update: parameters };
    case 'remove':
      return { Delete: parameters };
    case 'check':
      return { ConditionCheck: parameters };
  }
}
