import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';

/**
 * Throw-away stores on the engines that `tests/setup/start-engines.ts` has started. Each is made fresh for one test
 * file and removed after it, so it is asked for at the top of the file: `const database = await aDatabase();`.
 */
const unique = () => randomBytes(5).toString('hex');

function setting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is missing: run this suite in the Jest project int, which starts the engines`);
  return value;
}

/** A PostgreSQL database; `url` connects as its superuser. */
export type TestDatabase = {
  url: string;
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
};

/** Creates an empty PostgreSQL database, dropped after the file, even with open connections. */
export async function aDatabase(): Promise<TestDatabase> {
  const admin = new URL(setting('TEST_POSTGRES_URL'));
  const name = `test_${unique()}`;
  await onServer(admin, `CREATE DATABASE ${name}`);
  afterAll(() => onServer(admin, `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(admin);
  url.pathname = `/${name}`;
  const { hostname: host, port, username: user, password } = url;
  return { url: url.href, host, port: Number(port), name, user, password };
}

async function onServer(admin: URL, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

type TableDefinition = Omit<CreateTableCommandInput, 'TableName'> & {
  TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
};

/** The tables of `resources/data` as they are compiled, by the name after project and stage. */
export const tableDefinitions = async (): Promise<Record<string, TableDefinition>> =>
  JSON.parse(await readFile(setting('TEST_TABLES_FILE'), 'utf8'));

/**
 * Creates tables as `resources/data` defines them, with unique names, and drops them after the file:
 * `const { products } = await tables('products')` returns the name of a table like `shop-…-products`.
 */
export async function tables<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
  const definitions = await tableDefinitions();
  const prefix = `test-${unique()}`;
  const client = new DynamoDBClient({});
  const made = names.map((name) => [name, `${prefix}-${name}`] as const);
  await Promise.all(
    made.map(([name, TableName]) => {
      const definition = definitions[name];
      if (!definition)
        throw new Error(`resources/data has no table ${name}, but ${Object.keys(definitions).join(', ')}`);
      const { TimeToLiveSpecification: _, ...creation } = definition;
      return client.send(new CreateTableCommand({ ...creation, TableName }));
    }),
  );
  afterAll(async () => {
    await Promise.all(made.map(([, TableName]) => client.send(new DeleteTableCommand({ TableName }))));
    client.destroy();
  });
  return Object.fromEntries(made) as Record<Name, string>;
}

/** A queue and its ARN. */
export type TestQueue = { url: string; arn: string };

/** Creates a queue (a FIFO one on request), deleted after the file. */
export async function aQueue(
  options: { fifo?: boolean; attributes?: Record<string, string> } = {},
): Promise<TestQueue> {
  const client = new SQSClient({});
  const QueueName = `test-${unique()}${options.fifo ? '.fifo' : ''}`;
  const Attributes = { ...options.attributes, ...(options.fifo ? { FifoQueue: 'true' } : {}) };
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  afterAll(async () => {
    await client.send(new DeleteQueueCommand({ QueueUrl }));
    client.destroy();
  });
  return { url: QueueUrl ?? '', arn: `arn:aws:sqs:${setting('AWS_REGION')}:000000000000:${QueueName}` };
}

/** Creates a topic (a FIFO one on request) that delivers raw to the given queues; deleted after the file. Returns its ARN. */
export async function aTopic(options: { fifo?: boolean; queues?: TestQueue[] } = {}): Promise<string> {
  const client = new SNSClient({});
  const Name = `test-${unique()}${options.fifo ? '.fifo' : ''}`;
  const { TopicArn } = await client.send(
    new CreateTopicCommand({ Name, ...(options.fifo ? { Attributes: { FifoTopic: 'true' } } : {}) }),
  );
  for (const { arn } of options.queues ?? [])
    await client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: arn,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
  afterAll(async () => {
    await client.send(new DeleteTopicCommand({ TopicArn }));
    client.destroy();
  });
  return TopicArn ?? '';
}

/** Creates an empty bucket; it is deleted with the engine. Returns its name. */
export async function aBucket(): Promise<string> {
  const client = new S3Client({});
  const Bucket = `test-${unique()}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
  return Bucket;
}
