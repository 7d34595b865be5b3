import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsEndpoint, startAwsEndpoint } from '../../platform/aws-endpoint/aws-endpoint.ts';
import { startDynamo } from '../../platform/engines/dynamodb.ts';
import { startMessaging } from '../../platform/engines/messaging.ts';
import { type Postgres, startPostgres } from '../../platform/engines/postgres.ts';
import { Mailbox } from '../../platform/mailbox/mailbox.ts';
import { secretsInMemory } from './secrets-in-memory.ts';
import { tableDefinitions } from './table-definitions.ts';

/** The engines of one test run behind the AWS endpoint, with a data folder that is deleted when they stop. */
export type RunningEngines = {
  postgres: Postgres;
  dynamoUrl: string;
  awsEndpoint: AwsEndpoint;
  /** Contains the compiled definitions of the tables for `tables()` of shared/testing. */
  tablesFile: string;
  mailsFolder: string;
  stop(): Promise<void>;
};

/** Starts the engines on free ports, without flushing to disk: their data is deleted after the run. */
export async function runEngines(password: string): Promise<RunningEngines> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-engines-'));
  const mailsFolder = join(folder, 'mails');
  const [postgres, dynamo, messaging, mailbox, definitions] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), password, durable: false }),
    startDynamo({ dataDir: join(folder, 'dynamodb') }),
    startMessaging({ dataDir: join(folder, 'messaging') }),
    Mailbox.open(mailsFolder),
    tableDefinitions(),
  ]);
  const awsEndpoint = await startAwsEndpoint({
    dynamoUrl: dynamo.url,
    messaging,
    mailbox,
    secrets: secretsInMemory(),
  });
  const tablesFile = join(folder, 'tables.json');
  await writeFile(tablesFile, JSON.stringify(definitions));
  return {
    postgres,
    tablesFile,
    mailsFolder,
    dynamoUrl: dynamo.url,
    awsEndpoint,
    async stop() {
      await awsEndpoint.stop();
      await Promise.all([postgres.stop(), dynamo.stop(), messaging.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
