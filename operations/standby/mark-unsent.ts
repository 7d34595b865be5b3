import { type DynamoDBDocumentClient, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mapConcurrently } from '../../build/map-concurrently.ts';
import { shardOf } from '../../shared/dynamo/outbox.ts';

type Key = { aggregate_id: string; entry_id: string };

/** Well below a table partition's limit of a thousand writes a second. */
const concurrentUpdates = 20;

/**
 * Marks the entries of a DynamoDB outbox written since then as unsent, so that the sweep publishes them again in order.
 * Scans the whole table, which contains 14 days. Returns the number of entries.
 */
export async function markUnsent(
  client: DynamoDBDocumentClient,
  table: string,
  since: Date,
): Promise<number> {
  let count = 0;
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
    await mapConcurrently(Items as Key[], concurrentUpdates, ({ aggregate_id, entry_id }) =>
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
    count += Items.length;
  }
  return count;
}
