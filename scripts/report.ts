/** Makes a day's report by hand: invokes the function as EventBridge would on the morning after. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { project, root } from './stacks.ts';

const help = `npm run report -- [--date 2026-11-21] [--stage local]

Makes the daily report of a day (UTC; default today) by invoking build-daily-report as its schedule does on the
morning after. Stage local is the shop that runs on this machine; any other is reached by the AWS credentials and
region of the environment. Read it at GET /api/v1/reports/<date>.`;

const today = new Date().toISOString().slice(0, 10);
const { values } = parseArgs({
  options: {
    date: { type: 'string', default: today },
    stage: { type: 'string', default: 'local' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
if (!/^\d{4}-\d{2}-\d{2}$/.test(values.date) || Number.isNaN(Date.parse(values.date))) {
  console.error(`--date ${values.date}: write a day as 2026-11-21`);
  process.exit(1);
}

/** The event of a schedule rule (EventBridge, "Scheduled events"). */
const morningAfter = new Date(Date.parse(`${values.date}T08:00:00Z`) + 24 * 60 * 60 * 1000);
const event = {
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time: morningAfter.toISOString().replace('.000', ''),
  resources: [],
  detail: {},
};
const functionName = `${project}-reports-${values.stage}-build-daily-report`;

async function invokeHere(): Promise<string | undefined> {
  const { consoleUrl } = JSON.parse(readFileSync(join(root, '.local', 'running.json'), 'utf8')) as {
    consoleUrl: string;
  };
  const response = await fetch(`${consoleUrl}/invoke/${functionName}`, {
    method: 'POST',
    body: JSON.stringify(event),
  });
  const answer = (await response.json()) as { functionError?: string; error?: string; payload?: unknown };
  if (!response.ok) return JSON.stringify(answer);
  return answer.functionError === undefined ? undefined : JSON.stringify(answer.payload);
}

async function invokeOnAws(): Promise<string | undefined> {
  const answer = await new LambdaClient({}).send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: new TextEncoder().encode(JSON.stringify(event)),
    }),
  );
  return answer.FunctionError === undefined ? undefined : new TextDecoder().decode(answer.Payload);
}

try {
  const failure = await (values.stage === 'local' ? invokeHere() : invokeOnAws());
  if (failure !== undefined) throw new Error(`${functionName} failed: ${failure}`);
  console.log(`The report of ${values.date} is made: GET /api/v1/reports/${values.date}`);
} catch (error) {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  console.error(missing ? 'No shop is running here: start one with npm start.' : (error as Error).message);
  process.exit(1);
}
