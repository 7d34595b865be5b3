import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { aDatabase, aQueue, aTopic, tables } from './engines.ts';

const database = await aDatabase();
const { categories } = await tables('categories');
const queue = await aQueue({ fifo: true });
const topic = await aTopic({ fifo: true, queues: [queue] });

test('a new PostgreSQL 15 accepts statements', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('SELECT current_database() AS name, version()');
  await client.end();
  expect(rows[0]).toEqual({ name: database.name, version: expect.stringContaining('PostgreSQL 15') });
});

test('a table of resources/data keeps an item', async () => {
  const dynamo = new DynamoDBClient({});
  await dynamo.send(new PutItemCommand({ TableName: categories, Item: { category_id: { S: 'lamps' } } }));
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName: categories, Key: { category_id: { S: 'lamps' } } }),
  );
  expect(Item).toEqual({ category_id: { S: 'lamps' } });
  dynamo.destroy();
});

test('a topic delivers raw to its queue', async () => {
  const [sns, sqs] = [new SNSClient({}), new SQSClient({})];
  await sns.send(
    new PublishCommand({
      TopicArn: topic,
      Message: 'hello',
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
    }),
  );
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 5 }));
  expect(Messages?.map((message) => message.Body)).toEqual(['hello']);
  sns.destroy();
  sqs.destroy();
});
