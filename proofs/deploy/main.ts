/**
 * Proves that the stacks deploy: `npm run prove:deploy`. On an AWS emulator it deploys every stack with the documented
 * commands, sets it up, runs the end-to-end and contract suites against it, compares each function's environment and
 * role with the compiled templates, and removes everything. Then it deploys production with its databases, domain and
 * second region, removes that too, and lists what is retained. Exits with 1 at the first failure.
 */
import { parseArgs } from 'node:util';
import { Account } from '../emulator/account.ts';
import { startMinistack } from '../emulator/ministack.ts';
import { runProof } from '../emulator/run-proof.ts';
import { typesWith } from '../emulator/type-support.ts';
import { knownDifferences } from '../known-differences.ts';
import { step } from '../steps.ts';
import { proveContract } from './contract.ts';
import { proveProduction } from './production.ts';
import { listResources } from './resource-list.ts';
import { proveShop } from './shop.ts';

const help = `npm run prove:deploy [-- --only contract|shop|production]

Deploys every stack to an AWS emulator, tests it, and removes it. --only runs one part.`;

const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean' } } });
const isSelected = (part: string): boolean => values.only === undefined || values.only === part;
/** The region of the standby stacks and of CloudFront's certificate and firewall (shared/serverless/custom.yml). */
const secondRegion = 'us-east-1';

/** Prints the emulator's known limits, which the proof does not cover. */
function printLimits(): void {
  console.log('\nDifferences between the emulator and AWS (docs/platform-differences.md):');
  for (const [promise, actual] of Object.entries(knownDifferences['ministack'] ?? {}))
    console.log(`  - “${promise}”: ${actual}`);
  console.log(`  - created without effect: ${typesWith('stubbed').join(', ')}`);
  console.log('  - removal of protected production databases is not proved: RDS would refuse it');
  console.log(`  - not created: ${typesWith('left-out').join(', ')}`);
}

if (values.help) console.log(help);
else
  await runProof(async (workspace) => {
    const emulator = await step('start the emulator', () => startMinistack(workspace.root, workspace.folder));
    try {
      Object.assign(workspace.environment, emulator.environment);
      const account = new Account(emulator);
      const accounts = [account, new Account(emulator, secondRegion)];
      const before = new Set(await listResources(accounts));
      if (isSelected('contract')) await proveContract(workspace, emulator, account);
      if (isSelected('shop')) await proveShop(workspace, emulator, account, accounts);
      await step('check that nothing is left behind', async () => {
        const leftovers = (await listResources(accounts)).filter((each) => !before.has(each));
        if (leftovers.length > 0) throw new Error(`Removal left behind:\n  ${leftovers.join('\n  ')}`);
      });
      // Last, because production retains resources.
      if (isSelected('production')) await proveProduction(workspace, emulator, accounts);
      printLimits();
    } finally {
      await emulator.stop();
    }
  });
