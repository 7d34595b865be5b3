/**
 * Checks everything that a deployment needs: `npm run check:stage -- --stage dev`. Changes nothing. Exits with 1 when a
 * requirement is not met.
 */
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { CompiledStack } from '../../build/deployment.ts';
import { project, root } from '../../build/stacks.ts';
import { runCommand } from '../command.ts';
import { accountReader } from './account.ts';
import { checkAccount } from './checks.ts';
import { type Finding, mayDeploy, missing, ok } from './finding.ts';
import { judgeRegions } from './regions.ts';
import { resourceTypes, warmInstances } from './resource-counts.ts';
import { judgeSettings } from './settings.ts';

const help = `npm run check:stage -- [--stage dev] [--region eu-west-1] [--account 123456789012] [--json]

Checks whether a stage can be deployed: settings, templates, account, quotas, domain and mail. Changes nothing.

  --stage    the stage to deploy (default: dev)
  --region   its region (default: AWS_REGION, or eu-west-1)
  --account  the expected account; any other is an error
  --json     print the findings as JSON

Exits with 0 when every requirement is met. Credentials come from the environment (AWS_PROFILE …).`;

const options = {
  stage: { type: 'string', default: 'dev' },
  region: { type: 'string', default: process.env['AWS_REGION'] ?? 'eu-west-1' },
  account: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

await runCommand(help, options, async ({ stage, region, account, json }) => {
  const findings = await examine(stage, region, account);
  if (json) console.log(JSON.stringify(findings, null, 2));
  else print(findings);
  const missingCount = findings.filter(({ outcome }) => outcome === 'missing').length;
  if (missingCount > 0)
    throw new Error(
      `${missingCount} ${missingCount === 1 ? 'requirement is' : 'requirements are'} not met. Nothing was changed.`,
    );
  if (!json) console.log(`\nReady: npx oslsc deploy --stage ${stage}`);
});

async function examine(stage: string, region: string, accountId: string | undefined): Promise<Finding[]> {
  const settings = judgeSettings(stage, process.env);
  // An invalid stage name cannot be compiled.
  if (!mayDeploy(settings.filter(({ check }) => check === 'stage'))) return settings;
  let types: string[];
  let stacks: CompiledStack[];
  try {
    stacks = await compileStacks({ root, stage, region });
    types = resourceTypes(stacks, region);
  } catch (error) {
    return [...settings, missing('templates', (error as Error).message, 'npm ci, and repair what is named')];
  }
  const plan = {
    stage,
    region,
    stacks,
    types,
    warm: warmInstances(stacks, region),
    project,
    domain: process.env['SHOP_DOMAIN'] || undefined,
    zoneId: process.env['SHOP_HOSTED_ZONE_ID'] || undefined,
    mailDomain: process.env['SHOP_MAIL_DOMAIN'] || undefined,
    accountId,
    delivery: {
      provider: process.env['SHOP_ACCOUNT_DELIVERY_PROVIDER'] || undefined,
      hasRepository: Boolean(process.env['SHOP_ACCOUNT_DELIVERY_REPOSITORY']),
    },
    isRollbackDisabled: process.env['SHOP_DISABLE_ROLLBACK'] === 'true',
  };
  return [
    ...settings,
    ok('templates', `${types.length} resources compile for ${region}`),
    judgeRegions(stacks, region),
    ...(await checkAccount(plan, accountReader(region))),
  ];
}

function print(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const labels = { ok: 'ok     ', missing: 'MISSING', warning: 'warning', unknown: 'unknown' };
  for (const { check, outcome, found, remedy } of findings) {
    console.log(`${labels[outcome]}  ${check.padEnd(width)}  ${found}`);
    if (remedy !== undefined) console.log(`${' '.repeat(width + 11)}→ ${remedy}`);
  }
}
