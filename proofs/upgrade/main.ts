/**
 * Proves that a release can be deployed over the previous one while customers order: `npm run prove:upgrade`. On an AWS
 * emulator it deploys the previous release, starts a load, deploys the current release over it, and compares the shop
 * with what it confirmed to customers. Exits with 1 when an order is lost, duplicated or charged incorrectly, or when a
 * failed request does not succeed on retry.
 */
import { parseArgs } from 'node:util';
import { root } from '../../build/stacks.ts';
import { runProof } from '../emulator/run-proof.ts';
import { chooseCommits } from './release.ts';
import { proveUpgrade } from './upgrade.ts';

const help = `npm run prove:upgrade -- [--from <commit>] [--and-back] [--stage dev]

Deploys the previous release to an AWS emulator, and the current commit over it while customers order. Uncommitted
changes are not deployed.

  --from      the previous release (default: the tag released, otherwise the previous commit)
  --and-back  also deploy the previous release over the current one, as a rollback does
  --stage     the stage's name and size; in staging each function has an alias (default: dev)`;

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    'and-back': { type: 'boolean', default: false },
    stage: { type: 'string', default: 'dev' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(help);
else
  await runProof(async (workspace) => {
    const commits = await chooseCommits(root, values.from);
    await proveUpgrade(workspace, { ...commits, stage: values.stage, andBack: values['and-back'] });
  });
