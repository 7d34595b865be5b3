import { type DynamoDBDocumentClient, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mapConcurrently } from '../../build/map-concurrently.ts';
import { shardOf } from '../../shared/dynamo/outbox.ts';

type Key = { aggregate_id: string; entry_id: string };

/** A table takes a thousand writes a second on each of its partitions; an operator's machine far fewer. */
const updatesAtOnce = 20;

/**
 * Takes back that entries of a DynamoDB outbox written since then were sent, so that the sweep sends them again, in
 * their order. Reads the whole table, which holds 14 days. Returns how many.
 */
export async function takeBack(client: DynamoDBDocumentClient, table: string, since: Date): Promise<number> {
  let taken = 0;
  const pages = paginateScan(
    { client },
    {
      TableName: table,
      FilterExpression: 'created_at >= :since AND attribute_exists(sent_at)',
      ExpressionAttributeValues: { ':since': since.toISOString() },
      ProjectionExpression: 'aggregate_id, entry_id',
    },
  );
  for await (const { Items = [] } of pages) {
    await mapConcurrently(Items as Key[], updatesAtOnce, ({ aggregate_id, entry_id }) =>
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: { aggregate_id, entry_id },
          UpdateExpression: 'SET unsent_shard = :shard REMOVE sent_at, purge_at',
          ConditionExpression: 'attribute_exists(entry_id)',
          ExpressionAttributeValues: { ':shard': shardOf(aggregate_id) },
        }),
      ),
    );
    taken += Items.length;
  }
  return taken;
}
