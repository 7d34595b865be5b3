/**
 * Looks at everything that a deployment needs before anything is made: `npm run check:stage -- --stage dev`. Reads only.
 * Ends with 1 when something is missing.
 */
import { parseArgs } from 'node:util';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { CompiledStack } from '../../build/deployment.ts';
import { project, root } from '../../build/stacks.ts';
import { askAccount } from './account.ts';
import { checkAccount } from './checks.ts';
import { type Finding, mayDeploy, missing, ok } from './finding.ts';
import { judgeRegions } from './regions.ts';
import { madeTypes, warmInstances } from './resource-counts.ts';
import { judgeSettings } from './settings.ts';

const help = `npm run check:stage -- [--stage dev] [--region eu-west-1] [--account 123456789012] [--json]

Says whether a stage can be deployed from here: tools, settings, account, quotas, domain and mail. Changes nothing.

  --stage    the stage to be deployed (default: dev)
  --region   where (default: AWS_REGION, or eu-west-1)
  --account  the account that is meant; fails for any other
  --json     print the findings as JSON

Ends with 0 when nothing is missing. Credentials come from the environment (AWS_PROFILE …).`;

const { values } = parseArgs({
  options: {
    stage: { type: 'string', default: 'dev' },
    region: { type: 'string', default: process.env['AWS_REGION'] ?? 'eu-west-1' },
    account: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(help);
else {
  const findings = await examine();
  if (values.json) console.log(JSON.stringify(findings, null, 2));
  else print(findings);
  process.exitCode = mayDeploy(findings) ? 0 : 1;
}

async function examine(): Promise<Finding[]> {
  const { stage, region } = values;
  const settings = judgeSettings(stage, process.env);
  // Templates of a stage that cannot be named cannot be compiled.
  if (!mayDeploy(settings.filter(({ check }) => check === 'stage'))) return settings;
  let types: string[];
  let stacks: CompiledStack[];
  try {
    stacks = await compileStacks({ root, stage, region });
    types = madeTypes(stacks, region);
  } catch (error) {
    return [...settings, missing('templates', (error as Error).message, 'npm ci, and repair what is named')];
  }
  const plan = {
    stage,
    region,
    types,
    warm: warmInstances(stacks, region),
    project,
    domain: process.env['SHOP_DOMAIN'] || undefined,
    zoneId: process.env['SHOP_HOSTED_ZONE_ID'] || undefined,
    mailDomain: process.env['SHOP_MAIL_DOMAIN'] || undefined,
    accountId: values.account,
  };
  return [
    ...settings,
    ok('templates', `${types.length} resources compile for ${region}`),
    judgeRegions(stacks, region),
    ...(await checkAccount(plan, askAccount(region))),
  ];
}

function print(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const mark = { ok: 'ok     ', missing: 'MISSING', warning: 'note   ', unknown: '?      ' };
  for (const { check, outcome, found, remedy } of findings) {
    console.log(`${mark[outcome]}  ${check.padEnd(width)}  ${found}`);
    if (remedy !== undefined) console.log(`${' '.repeat(width + 11)}→ ${remedy}`);
  }
  const count = findings.filter(({ outcome }) => outcome === 'missing').length;
  console.log(
    count === 0
      ? `\nReady: npx oslsc deploy --stage ${values.stage}`
      : `\nNot yet: ${count} ${count === 1 ? 'thing is' : 'things are'} missing. Nothing was changed.`,
  );
}
