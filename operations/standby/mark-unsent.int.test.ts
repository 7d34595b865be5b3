import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../../shared/dynamo/dynamo.ts';
import { dynamoRelay, outboxWrites } from '../../shared/dynamo/outbox.ts';
import { StockLow } from '../../shared/events/products.ts';
import { newId } from '../../shared/ids.ts';
import { tables } from '../../shared/testing/engines.ts';
import { markUnsent } from './mark-unsent.ts';

const { 'products-outbox': table } = await tables('products-outbox');
const client = DynamoDBDocumentClient.from(new DynamoDBClient());

test('events of a DynamoDB outbox written since a time are sent again, in their order', async () => {
  const productId = newId();
  const published: number[] = [];
  const relay = dynamoRelay(dynamo(), table, async ({ sequence }) => published.push(sequence) > 0);
  for (const sequence of [1, 2])
    await dynamo().transact(
      outboxWrites(
        table,
        [
          {
            definition: StockLow,
            id: newId(),
            aggregateId: productId,
            sequence,
            time: new Date(),
            data: { productId, name: 'Lamp', available: 1 },
          },
        ],
        { correlationId: 'test' },
      ),
    );
  await relay.aggregate(productId);
  expect(published).toEqual([1, 2]);

  expect(await markUnsent(client, table, new Date(Date.now() + 60_000))).toBe(0);
  expect(await markUnsent(client, table, new Date(Date.now() - 60_000))).toBe(2);
  await relay.sweep(new Date(Date.now() + 120_000));
  expect(published).toEqual([1, 2, 1, 2]);
  expect(await markUnsent(client, table, new Date(Date.now() - 60_000))).toBe(2);
});
