/** Makes a day's report by hand: invokes the function as EventBridge would on the morning after. */
import { parseArgs } from 'node:util';
import { project, root } from '../build/stacks.ts';
import { makeReport } from '../client/daily-report.ts';
import { invokeThroughLambda } from '../client/invoke.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import { dataDirOf } from '../platform/startup/options.ts';
import { readRunningShop } from '../platform/startup/running-shop.ts';

const help = `npm run create:report -- [--date 2026-11-21] [--stage local] [--data-dir PATH]

Makes the daily report of a day (UTC; default today) by invoking build-daily-report as its schedule does on the
morning after. Stage local is the shop that runs on this machine with the data folder of --data-dir
(SHOP_LOCAL_DATA_DIR, .local); any other is reached by the AWS credentials and region of the environment. Read it at GET /api/v1/reports/<date>.`;

const today = new Date().toISOString().slice(0, 10);
const { values } = parseArgs({
  options: {
    date: { type: 'string', default: today },
    stage: { type: 'string', default: 'local' },
    'data-dir': { type: 'string' },
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

function localConsole(): string {
  const shop = readRunningShop(dataDirOf(root, values['data-dir']));
  if (shop === undefined) throw new Error('No shop is running here: start one with npm start.');
  return shop.consoleUrl;
}

try {
  const invoke = values.stage === 'local' ? new ControlClient(localConsole()).invoke : invokeThroughLambda();
  await makeReport(invoke, { project, stage: values.stage }, values.date);
  console.log(`The report of ${values.date} is made: GET /api/v1/reports/${values.date}`);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
