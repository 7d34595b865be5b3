/**
 * Proves that the wiring deploys: `npm run prove:deploy`. On an AWS emulator it deploys every stack with the
 * README's own commands, sets it up, runs the end-to-end and contract suites against it, compares every function's
 * surroundings with the compiled templates, and removes everything. Then it deploys production with its databases,
 * domain and second region, removes that as well and tells what is kept. Ends with another status than 0 at the
 * first failure; nothing stays behind either way, except the logs of a failure.
 */
import { parseArgs } from 'node:util';
import { root } from '../../build/stacks.ts';
import { Account } from './account.ts';
import { proveContract } from './contract.ts';
import { everythingIn } from './leftovers.ts';
import { printLimits } from './limits.ts';
import { type Emulator, startMinistack } from './ministack.ts';
import { endCommands } from './processes.ts';
import { proveProduction } from './production.ts';
import { proveShop } from './shop.ts';
import { printSteps, step } from './steps.ts';
import { Workplace } from './workspace.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
/** `--only shop`, `--only contract` or `--only production` does a part of the proof. */
const chosen = (part: string): boolean => values.only === undefined || values.only === part;
/** Where the standby stacks and CloudFront's own are (shared/serverless/custom.yml). */
const secondRegion = 'us-east-1';

async function prove(place: Workplace, emulator: Emulator): Promise<void> {
  const account = new Account(emulator);
  const accounts = [account, new Account(emulator, secondRegion)];
  const before = new Set(await everythingIn(accounts));
  if (chosen('contract')) await proveContract(place, emulator, account);
  if (chosen('shop')) await proveShop(place, emulator, account, accounts);
  await step('look for anything left behind', async () => {
    const leftovers = (await everythingIn(accounts)).filter((each) => !before.has(each));
    if (leftovers.length > 0) throw new Error(`Removing left behind:\n  ${leftovers.join('\n  ')}`);
  });
  // Last, since it keeps what production keeps.
  if (chosen('production')) await proveProduction(place, emulator, accounts);
}

async function main(): Promise<void> {
  const place = new Workplace(root);
  process.once('exit', endCommands);
  let emulator: Emulator | undefined;
  try {
    emulator = await step('start the emulator', () => startMinistack(root, place.folder('.')));
    place.useEmulator(emulator);
    await prove(place, emulator);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    console.error(`\nLogs are kept in ${place.directory}`);
    process.exitCode = 1;
  } finally {
    await emulator?.stop();
    printSteps();
    printLimits();
    if (process.exitCode !== 1) place.clear();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await main();
