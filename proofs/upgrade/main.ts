/**
 * Proves that a release takes over from the one before while customers order: `npm run prove:upgrade`. On an AWS
 * emulator it deploys the former release, lets customers look around and order without end, deploys the current release
 * over it, and compares everything that the shop promised with what is there afterwards. With `--and-back` the former
 * release is deployed over the current one as well, as the rollback of a failed deployment does. Ends with another
 * status than 0 when an order is lost, doubled or charged wrongly, or when a failure was not healed by asking again;
 * nothing stays behind, except the logs of a failure.
 */
import { parseArgs } from 'node:util';
import { root } from '../../build/stacks.ts';
import { endCommands } from '../deploy/processes.ts';
import { printSteps } from '../deploy/steps.ts';
import { Workplace } from '../deploy/workspace.ts';
import { chooseCommits } from './release.ts';
import { proveUpgrade } from './upgrade.ts';

const help = `npm run prove:upgrade -- [--from <commit>] [--and-back] [--stage dev]

Deploys the former release to an AWS emulator, and the current commit over it while customers order.

  --from      the former release (default: the tag released, else the commit before; without what is not committed)
  --and-back  deploy the former release over the current one too, as a rollback does
  --stage     the stage's name and so its size; staging has an alias of each function (default: dev)`;

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    'and-back': { type: 'boolean', default: false },
    stage: { type: 'string', default: 'dev' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const commits = await chooseCommits(root, values.from);
  const place = new Workplace(root);
  process.once('exit', endCommands);
  try {
    await proveUpgrade(place, { ...commits, stage: values.stage, andBack: values['and-back'] });
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    console.error(`\nLogs are kept in ${place.directory}`);
    process.exitCode = 1;
  } finally {
    printSteps();
    if (process.exitCode !== 1) place.clear();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
if (values.help) console.log(help);
else await main();
