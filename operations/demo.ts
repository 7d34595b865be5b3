/** Plays the story of an order against a running shop, step by step: `npm run demo`. */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { project, root } from '../build/stacks.ts';
import { makeReport } from '../client/daily-report.ts';
import { playStory } from '../client/demo/story.ts';
import { invokeThroughLambda } from '../client/invoke.ts';
import { ShopClient } from '../client/shop-client.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import { dataDirOf } from '../platform/startup/options.ts';
import { readRunningShop } from '../platform/startup/running-shop.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    email: { type: 'string' },
    password: { type: 'string' },
    stage: { type: 'string' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(`npm run demo [-- --data-dir PATH]
npm run demo [-- --url http://… --email … --password … [--stage …]]

Plays the story of an order against a running shop (npm start) and says where to look.
Without a URL it finds the shop that runs on this machine with that data folder (SHOP_LOCAL_DATA_DIR, .local). Of any
other, the daily report is made if --stage names the deployed stage, by the AWS credentials and region of the
environment.`);
  process.exit(0);
}

const found = readRunningShop(dataDirOf(root, values['data-dir']));
const url = values.url ?? found?.apiUrl;
const email = values.email ?? found?.adminEmail;
const password = values.password ?? found?.adminPassword;
if (url === undefined || email === undefined || password === undefined) {
  console.error(
    'No shop is running here. Start one with npm start, or name one with --url, --email and --password.',
  );
  process.exit(1);
}

const here = url.replace('//localhost:', '//127.0.0.1:').replace(/\/$/, '') === found?.apiUrl;
const consoleUrl = here ? found?.consoleUrl : undefined;
const { stage } = values;

/** Makes the report of a day now; undefined where it is not known how. */
function reporter(): ((date: string) => Promise<void>) | undefined {
  if (stage !== undefined && stage !== 'local') {
    const invoke = invokeThroughLambda();
    return (date) => makeReport(invoke, { project, stage }, date);
  }
  if (consoleUrl === undefined) return undefined;
  return (date) => makeReport(new ControlClient(consoleUrl).invoke, { project, stage: 'local' }, date);
}

try {
  const shop = new ShopClient(url);
  await playStory({
    shop,
    admin: await shop.signIn(email, password),
    consoleUrl,
    makeReport: reporter(),
    run: randomUUID().slice(0, 4),
  });
} catch (error) {
  console.error(`\nThe story broke off: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
