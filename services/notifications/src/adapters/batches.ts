import { BatchGetItemCommand, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { coalesce } from '#shared/coalesce.ts';
import { Unavailable } from '#shared/errors.ts';

/** The key of every item of the table. */
export type Key = { pk: string; sk: string };

/** DynamoDB's limits of one batch. */
const maxReads = 100;
const maxWrites = 25;

const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/**
 * Reads items side by side in one call, strongly consistent; undefined for one that is not there.
 * @throws Unavailable if the table left some unread
 */
export function batchedReads(client: DynamoDBClient, table: string) {
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
 * Writes whole items side by side in one call; the last of one key wins.
 * @throws Unavailable for every item of a call that the table did not take as a whole
 */
export function batchedWrites(client: DynamoDBClient, table: string) {
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
