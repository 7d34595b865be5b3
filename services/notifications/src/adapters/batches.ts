import { BatchGetItemCommand, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { coalesce } from '#shared/coalesce.ts';
import { Unavailable } from '#shared/errors.ts';

/** The key of every item of the table. */
export type Key = { pk: string; sk: string };

/** Items in one call (DynamoDB, "Service quotas"). */
const maxReads = 100;
const maxWrites = 25;

const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/**
 * Reads the items of concurrent callers in one strongly consistent call; undefined for a missing item.
 * @throws Unavailable if DynamoDB returned unprocessed keys
 */
export function batchReads(client: DynamoDBClient, table: string) {
  return coalesce<Key, Record<string, unknown> | undefined>(maxReads, 1, async (keys) => {
    const distinct = new Map(keys.map(({ pk, sk }) => [nameOf({ pk, sk }), marshall({ pk, sk })]));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: { Keys: [...distinct.values()], ConsistentRead: true } },
      }),
    );
    if (UnprocessedKeys?.[table] !== undefined) throw new Unavailable('The table is busy.');
    const items = new Map(
      (Responses?.[table] ?? []).map((item) => [nameOf(unmarshall(item) as Key), unmarshall(item)]),
    );
    return keys.map((key) => items.get(nameOf(key)));
  });
}

/**
 * Writes the items of concurrent callers in one call; of several with one key, the last wins.
 * @throws Unavailable for every item of the call if DynamoDB returned unprocessed items
 */
export function batchWrites(client: DynamoDBClient, table: string) {
  return coalesce<Key & Record<string, unknown>, void>(maxWrites, 1, async (items) => {
    const distinct = new Map(items.map((item) => [nameOf(item), item]));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [table]: [...distinct.values()].map((item) => ({
            PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) },
          })),
        },
      }),
    );
    if (UnprocessedItems?.[table] !== undefined) throw new Unavailable('The table is busy.');
    return items.map(() => undefined);
  });
}
