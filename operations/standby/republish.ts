/**
 * Sends events again whose topics and queues were lost with their region: `npm run republish:events -- --stage prod --since
 * 2026-11-21T09:00:00Z`, in the region that serves now (docs/disaster-recovery.md). Consumers pass over what they
 * handled, so that more is harmless.
 */
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { project } from '../../build/stacks.ts';
import { takeBack } from './take-back.ts';

/** Services by where their outbox is. */
const inPostgres = ['users', 'orders', 'payments'];
const inDynamo = ['products', 'media'];

const help = `npm run republish:events -- --stage prod --since <time>

Marks every event written since then as not sent; the services' sweeps send them again within a minute.
Region and credentials come from the environment (AWS_REGION, AWS_PROFILE …).`;

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    since: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const since = new Date(values.since ?? Number.NaN);
if (values.help || values.stage === undefined || Number.isNaN(since.getTime())) {
  console.log(help);
  process.exit(values.help ? 0 : 1);
}
const { stage } = values;

const tables = DynamoDBDocumentClient.from(new DynamoDBClient());
for (const service of inDynamo)
  console.log(`${service}: ${await takeBack(tables, `${project}-${stage}-${service}-outbox`, since)} events`);

const functions = new LambdaClient();
const now = new Date().toISOString();
for (const service of inPostgres) {
  const FunctionName = `${project}-${service}-${stage}-relay-outbox`;
  const request = { id: `republish-${now}`, time: now, republishSince: since.toISOString() };
  const answer = await functions.send(
    new InvokeCommand({ FunctionName, Payload: new TextEncoder().encode(JSON.stringify(request)) }),
  );
  const said = new TextDecoder().decode(answer.Payload);
  if (answer.FunctionError) throw new Error(`${FunctionName}: ${said}`);
  console.log(`${service}: ${(JSON.parse(said) as { markedUnsent: number }).markedUnsent} events`);
}
