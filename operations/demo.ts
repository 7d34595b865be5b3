/** Runs the demo story against a running shop, step by step: `npm run demo`. */
import { randomUUID } from 'node:crypto';
import { project } from '../build/stacks.ts';
import { buildReport } from '../client/daily-report.ts';
import { playStory } from '../client/demo/story.ts';
import { type Invoke, invokeThroughLambda } from '../client/invoke.ts';
import { newCustomers } from '../client/new-customer.ts';
import { ShopClient } from '../client/shop-client.ts';
import { type ControlAccess, ControlClient, consoleAddress } from '../platform/control/control-client.ts';
import { runCommand, UsageError } from './command.ts';
import { findLocalShop } from './local-shop.ts';

const help = `npm run demo [-- --data-dir PATH]
npm run demo -- --url http://… --email … --password … --stage …

Places orders in a running shop (npm start), follows each to its end, and prints where to look.
Without --url it uses the shop that runs on this machine with that data folder (SHOP_LOCAL_DATA_DIR, .local). For another
shop, --stage names the deployed stage, whose functions create the customers and the daily report: with the AWS
credentials and region of the environment.`;

const options = {
  url: { type: 'string' },
  email: { type: 'string' },
  password: { type: 'string' },
  stage: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;

await runCommand(help, options, async ({ stage, 'data-dir': dataDir, ...values }) => {
  const local = findLocalShop(dataDir);
  const url = values.url ?? local?.apiUrl;
  const email = values.email ?? local?.adminEmail;
  const password = values.password ?? local?.adminPassword;
  if (url === undefined || email === undefined || password === undefined)
    throw new UsageError(
      'No shop is running here: start one with npm start, or give --url, --email and --password.',
    );
  const isLocal = url.replace('//localhost:', '//127.0.0.1:').replace(/\/$/, '') === local?.apiUrl;
  const running = isLocal ? local : undefined;
  const { invoke, ...target } = functionsOf(stage, running);
  const shop = new ShopClient(url);
  await playStory({
    shop,
    admin: await shop.signIn(email, password),
    newCustomer: newCustomers(shop, invoke, target),
    consoleUrl: running && consoleAddress(running),
    buildReport: (date) => buildReport(invoke, target, date),
    run: randomUUID().slice(0, 4),
  });
});

/** How the shop's functions are invoked. @throws UsageError when neither a stage nor a local console is known */
function functionsOf(
  stage: string | undefined,
  running?: ControlAccess,
): { invoke: Invoke; project: string; stage: string } {
  if (stage !== undefined && stage !== 'local') return { invoke: invokeThroughLambda(), project, stage };
  if (running === undefined) throw new UsageError('For another shop, give --stage too.');
  return { invoke: new ControlClient(running).invoke, project, stage: 'local' };
}
