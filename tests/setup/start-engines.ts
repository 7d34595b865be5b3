import { randomUUID } from 'node:crypto';
import { type RunningEngines, runEngines } from './running-engines.ts';

declare global {
  var runningEngines: RunningEngines | undefined;
}

/**
 * Starts the engines once for the project `int` and sets their addresses in environment variables, as AWS does.
 * `TEST_DYNAMODB_ENDPOINT` replaces our DynamoDB by another one (Amazon's DynamoDB Local).
 */
export default async function startEngines(): Promise<void> {
  const password = randomUUID();
  const engines = await runEngines(password);
  globalThis.runningEngines = engines;
  const { postgres, dynamoUrl, awsEndpoint, tablesFile, mailsFolder } = engines;
  const { accessKeyId, secretAccessKey, sessionToken } = awsEndpoint.operator;
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    TEST_POSTGRES_URL: `postgres://postgres:${password}@${postgres.host}:${postgres.port}/postgres`,
    TEST_TABLES_FILE: tablesFile,
    TEST_MAILS_FOLDER: mailsFolder,
    AWS_ENDPOINT_URL: awsEndpoint.url,
    AWS_ENDPOINT_URL_SQS: awsEndpoint.url,
    AWS_ENDPOINT_URL_SNS: awsEndpoint.url,
    AWS_ENDPOINT_URL_S3: awsEndpoint.url,
    AWS_ENDPOINT_URL_DYNAMODB: process.env.TEST_DYNAMODB_ENDPOINT ?? dynamoUrl,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  });
}
