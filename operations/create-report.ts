/** Builds a day's report: invokes the function as its schedule does the next morning. */
import * as z from 'zod';
import { project } from '../build/stacks.ts';
import { buildReport } from '../client/daily-report.ts';
import { invokeThroughLambda } from '../client/invoke.ts';
import { runCommand, UsageError } from './command.ts';
import { localInvoke } from './local-shop.ts';

const help = `npm run create:report -- [--date 2026-11-21] [--stage local] [--data-dir PATH]

Builds the daily report of a day (UTC; default today) by invoking build-daily-report as its schedule does the next
morning. Stage local is the shop that runs on this machine with that data folder (SHOP_LOCAL_DATA_DIR, .local); another
stage is reached with the AWS credentials and region of the environment. Read it at GET /api/v1/reports/<date>.`;

const options = {
  date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  stage: { type: 'string', default: 'local' },
  'data-dir': { type: 'string' },
} as const;

await runCommand(help, options, async ({ date, stage, 'data-dir': dataDir }) => {
  if (!z.iso.date().safeParse(date).success)
    throw new UsageError(`--date ${date} is not a date like 2026-11-21`);
  const invoke = stage === 'local' ? localInvoke(dataDir) : invokeThroughLambda();
  await buildReport(invoke, { project, stage }, date);
  console.log(`The report of ${date} is ready: GET /api/v1/reports/${date}`);
});
