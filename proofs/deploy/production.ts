import { join } from 'node:path';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import { accountStack } from '../../build/compiled.ts';
import { stackDirectories } from '../../build/stacks.ts';
import type { Account, DeployedResource } from '../emulator/account.ts';
import { deployDatabases, startFixtures } from '../emulator/fixtures.ts';
import type { Emulator } from '../emulator/ministack.ts';
import type { Workspace } from '../emulator/workspace.ts';
import { step } from '../steps.ts';
import { countResources, printCounts } from './resource-counts.ts';
import { listResources } from './resource-list.ts';
import { retentionReasons } from './retained-resources.ts';

/**
 * Deploys the account's stack and the whole stage `prod` with its own databases, domain and second region, removes them,
 * and prints what is retained and why. @throws Error when the removal retains more or less than the templates say
 */
export async function proveProduction(
  workspace: Workspace,
  emulator: Emulator,
  accounts: readonly Account[],
): Promise<void> {
  const before = new Set(await listResources(accounts));
  const fixtures = await startFixtures(workspace, emulator, 'prod');
  Object.assign(workspace.environment, {
    SHOP_ACCOUNT_TRAIL: 'true',
    SHOP_ACCOUNT_CONFIG: 'true',
    SHOP_DATABASES: 'managed',
    SHOP_DOMAIN: 'shop.example',
  });
  const { root } = workspace;
  try {
    await step('deploy the account’s stack (npx sls deploy in resources/account)', () =>
      workspace.command('sls', ['deploy'], join(root, accountStack), 'prod'),
    );
    await step('deploy the databases of prod (npx sls deploy in resources/network, standby, data)', () =>
      deployDatabases(workspace, accounts[0]!, fixtures, 'prod'),
    );
    await step('deploy every stack of prod (npx oslsc deploy --stage prod)', () =>
      workspace.command('oslsc', ['deploy'], root, 'prod'),
    );
    printCounts('prod', (await Promise.all(accounts.map(countResources))).flat());
    const retained = await retainedResources(root, accounts);
    await step(
      'remove prod (npx oslsc remove --stage prod, npx sls remove in resources/account)',
      async () => {
        await workspace.command('oslsc', ['remove'], root, 'prod');
        await workspace.command('sls', ['remove'], join(root, accountStack), 'prod');
      },
    );
    printRetained(retained);
    const remaining = (await listResources(accounts)).filter((each) => !before.has(each));
    mustMatch(remaining, retained);
  } finally {
    await fixtures.stop();
  }
}

/** The deployed resources whose deletion policy retains them when their stack is removed. */
async function retainedResources(root: string, accounts: readonly Account[]): Promise<DeployedResource[]> {
  const directories = [...stackDirectories(root), accountStack];
  const compiled = await compileStacks({ root, stage: 'prod', directories });
  const templates = new Map(compiled.map(({ name, template }) => [name, template]));
  const retained: DeployedResource[] = [];
  for (const account of accounts)
    for (const stack of await account.stacks())
      for (const resource of await account.resourcesOf(stack)) {
        const policy = templates.get(stack)?.Resources[resource.logicalId]?.DeletionPolicy ?? 'Delete';
        if (policy !== 'Delete') retained.push(resource);
      }
  const unexplained = new Set(retained.map(({ type }) => type).filter((type) => !retentionReasons[type]));
  if (unexplained.size > 0)
    throw new Error(
      `No reason in proofs/deploy/retained-resources.ts to retain ${[...unexplained].join(', ')}`,
    );
  return retained;
}

function printRetained(retained: readonly DeployedResource[]): void {
  console.log('\nRetained after the removal of prod:');
  for (const [type, all] of [...Map.groupBy(retained, ({ type }) => type)].toSorted())
    console.log(`  ${String(all.length).padStart(4)}  ${type.padEnd(30)}  ${retentionReasons[type]}`);
}

/** Types that listResources does not list, because they are not separate resources. */
const unlisted = new Set(['Custom::SchemaMigration', 'Custom::ServiceDatabase']);

/** A secret's replica has the secret's name; its ARN ends in six random characters. */
const nameOf = (id: string): string =>
  /^arn:aws:secretsmanager:[^:]*:\d*:secret:(.+)-\w{6}$/.exec(id)?.[1] ?? id;

function mustMatch(remaining: readonly string[], retained: readonly DeployedResource[]): void {
  const isSame = (line: string, { physicalId }: DeployedResource) => {
    const [found, expected] = [nameOf(line.split(' ').at(-1) ?? ''), nameOf(physicalId)];
    return found.includes(expected) || expected.includes(found);
  };
  const extra = remaining.filter((line) => !retained.some((each) => isSame(line, each)));
  const lost = retained.filter(
    (each) => !unlisted.has(each.type) && !remaining.some((line) => isSame(line, each)),
  );
  if (extra.length > 0) throw new Error(`Removing prod left behind:\n  ${extra.join('\n  ')}`);
  if (lost.length > 0)
    throw new Error(
      `Removing prod deleted what it should retain:\n  ${lost.map(({ type, physicalId }) => `${type} ${physicalId}`).join('\n  ')}`,
    );
}
