import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { eventually } from '#shared/testing/eventually.ts';
import type { Deployment } from '../../build/deployment.ts';
import { startDynamo } from '../engines/dynamodb.ts';
import { sourcesUnderTest } from './fixtures/sources-under-test.ts';

const folder = await mkdtemp(join(tmpdir(), 'streams-'));
const dynamo = await startDynamo({ dataDir: join(folder, 'dynamo') });
const { aRecorder, aMapping, start } = await sourcesUnderTest({
  dynamoUrl: dynamo.url,
});
afterAll(async () => {
  await dynamo.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a table stream', () => {
  const client = () =>
    new DynamoDBClient({
      endpoint: dynamo.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  let tables = 0;
  async function aTable() {
    tables += 1;
    const name = `table-${tables}`;
    await client().send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const stream = {
      viewType: 'NEW_AND_OLD_IMAGES',
      arn: `arn:aws:dynamodb:eu-west-1:000000000000:table/${name}/stream/1`,
    };
    const put = (id: string) =>
      client().send(new PutItemCommand({ TableName: name, Item: { id: { S: id } } }));
    return { table: { name, stream } as unknown as Deployment['tables'][number], stream, put };
  }

  test('is read in order and, after a restart, from its checkpoint', async () => {
    const { arn, recorded } = aRecorder('stream');
    const { table, stream, put } = await aTable();
    const mapping = aMapping({
      functionArn: arn,
      sourceArn: stream.arn,
      batchSize: 2,
    });
    const file = join(folder, 'stream.db');
    for (const id of ['1', '2', '3']) await put(id);
    const before = start({ tables: [table], mappings: [mapping] }, file);
    await eventually(() => expect(recorded().flatMap(({ keys }) => keys)).toEqual(['1', '2', '3']));
    await before.stop();
    await put('4');
    start({ tables: [table], mappings: [mapping] }, file);
    await eventually(() => expect(recorded().flatMap(({ keys }) => keys)).toEqual(['1', '2', '3', '4']));
    expect(recorded()[0]).toMatchObject({ keys: ['1', '2'], arn: stream.arn });
  });

  test('continues after a record that failed too often, and reports it', async () => {
    const { arn, recorded } = aRecorder('stream');
    const { table, stream, put } = await aTable();
    const mapping = aMapping({
      functionArn: arn,
      sourceArn: stream.arn,
      batchSize: 1,
      maximumRetryAttempts: 1,
      filterPatterns: [{ eventName: ['INSERT'] }],
    });
    for (const id of ['1', 'poison', '2']) await put(id);
    const { errors } = start({ tables: [table], mappings: [mapping] });
    await eventually(() => expect(recorded().at(-1)).toMatchObject({ keys: ['2'] }));
    expect(recorded().flatMap(({ keys }) => keys)).toEqual(['1', 'poison', 'poison', '2']);
    expect(errors).toEqual([expect.stringMatching(/the records \d+ to \d+ failed for the last time/)]);
  });
});
