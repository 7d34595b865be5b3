/**
 * Publishes events again after their topics and queues were lost with their region: `npm run republish:events -- --stage prod
 * --since 2026-11-21T09:00:00Z`, in the region that now serves (docs/disaster-recovery.md). Consumers ignore events that
 * they have handled, so an earlier time is harmless.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { project } from '../../build/stacks.ts';
import { invoke } from '../../client/invoke.ts';
import { runCommand, UsageError } from '../command.ts';
import { markUnsent } from './mark-unsent.ts';

/** Services by the store of their outbox. */
const postgresServices = ['users', 'orders', 'payments'];
const dynamoServices = ['products', 'media'];

const help = `npm run republish:events -- --stage prod --since <time>

Marks every event written since then as unsent; the services' sweeps publish them within a minute.
Region and credentials come from the environment (AWS_REGION, AWS_PROFILE …).`;

const options = { stage: { type: 'string' }, since: { type: 'string' } } as const;

await runCommand(help, options, async ({ stage, since: given }) => {
  if (stage === undefined) throw new UsageError('--stage is missing');
  const since = new Date(given ?? Number.NaN);
  if (Number.isNaN(since.getTime())) throw new UsageError('--since is missing or not a time');
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient());
  for (const service of dynamoServices) {
    const count = await markUnsent(tables, `${project}-${stage}-${service}-outbox`, since);
    console.log(`${service}: ${count} events`);
  }
  const lambda = new LambdaClient();
  const time = new Date().toISOString();
  const request = { id: `republish-${time}`, time, republishSince: since.toISOString() };
  for (const service of postgresServices) {
    const result = await invoke(lambda, `${project}-${service}-${stage}-relay-outbox`, request);
    console.log(`${service}: ${(result as { markedUnsent: number }).markedUnsent} events`);
  }
});
