import { join } from 'node:path';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import { listStacks } from '../../build/stack-list.ts';
import type { Account, DeployedResource } from './account.ts';
import { deployDatabases, surround } from './fixtures.ts';
import { countResources, printCounts } from './inventory.ts';
import { everythingIn } from './leftovers.ts';
import type { Emulator } from './ministack.ts';
import { reasonsToKeep } from './retained-resources.ts';
import { step } from './steps.ts';
import type { Workplace } from './workspace.ts';

const accountStack = 'resources/account';

/**
 * Deploys what the account has once and the whole stage `prod` with databases, domain and second region of its own,
 * removes it, and tells what stays and why. Throws when more stays than the templates keep, or less.
 */
export async function proveProduction(
  place: Workplace,
  emulator: Emulator,
  accounts: readonly Account[],
): Promise<void> {
  const before = new Set(await everythingIn(accounts));
  const around = await surround(place, emulator, 'prod');
  Object.assign(place.environment, { SHOP_DATABASES: 'managed', SHOP_DOMAIN: 'shop.example' });
  try {
    await step('deploy the account’s stack (npx sls deploy in resources/account)', () =>
      place.command('sls', ['deploy'], join(place.root, accountStack), 'prod'),
    );
    await step('deploy the databases of prod (npx sls deploy in resources/network, standby, data)', () =>
      deployDatabases(place, accounts[0]!, around, 'prod'),
    );
    await step('deploy every stack of prod (npx oslsc deploy --stage prod)', () =>
      place.command('oslsc', ['deploy'], place.root, 'prod'),
    );
    printCounts('prod', (await Promise.all(accounts.map(countResources))).flat());
    const kept = await resourcesToKeep(place.root, accounts);
    await step(
      'remove prod (npx oslsc remove --stage prod, npx sls remove in resources/account)',
      async () => {
        await place.command('oslsc', ['remove'], place.root, 'prod');
        await place.command('sls', ['remove'], join(place.root, accountStack), 'prod');
      },
    );
    printKept(kept);
    const left = (await everythingIn(accounts)).filter((each) => !before.has(each));
    mustBeKept(left, kept);
  } finally {
    await around.stop();
  }
}

/** What was deployed with a policy that keeps it when its stack is removed. */
async function resourcesToKeep(root: string, accounts: readonly Account[]): Promise<DeployedResource[]> {
  const directories = [...(await listStacks(root)), accountStack];
  const templates = new Map(
    (await compileStacks({ root, stage: 'prod', directories })).map(({ name, template }) => [name, template]),
  );
  const kept: DeployedResource[] = [];
  for (const account of accounts)
    for (const stack of await account.stacks())
      for (const resource of await account.resourcesOf(stack)) {
        const policy = templates.get(stack)?.Resources[resource.logicalId]?.DeletionPolicy ?? 'Delete';
        if (policy !== 'Delete') kept.push(resource);
      }
  const unexplained = new Set(kept.map(({ type }) => type).filter((type) => !reasonsToKeep[type]));
  if (unexplained.size > 0)
    throw new Error(
      `Kept without a reason in proofs/deploy/retained-resources.ts: ${[...unexplained].join(', ')}`,
    );
  return kept;
}

function printKept(kept: readonly DeployedResource[]): void {
  const counts = new Map<string, number>();
  for (const { type } of kept) counts.set(type, (counts.get(type) ?? 0) + 1);
  console.log('\nWhat removing prod keeps:');
  for (const [type, count] of [...counts].sort())
    console.log(`  ${String(count).padStart(4)}  ${type.padEnd(30)}  ${reasonsToKeep[type]}`);
}

/** What is no resource of its own, so that everythingIn does not list it. */
const notListed = new Set(['Custom::SchemaMigration']);

/** A secret's copy in another region has the secret's name; its ARN ends in six characters of its own. */
const nameOf = (id: string): string =>
  /^arn:aws:secretsmanager:[^:]*:\d*:secret:(.+)-\w{6}$/.exec(id)?.[1] ?? id;

function mustBeKept(left: readonly string[], kept: readonly DeployedResource[]): void {
  const belongs = (one: string, { physicalId }: DeployedResource) => {
    const [found, wanted] = [nameOf(one.split(' ').at(-1) ?? ''), nameOf(physicalId)];
    return found.includes(wanted) || wanted.includes(found);
  };
  const tooMuch = left.filter((one) => !kept.some((each) => belongs(one, each)));
  const lost = kept.filter((each) => !notListed.has(each.type) && !left.some((one) => belongs(one, each)));
  if (tooMuch.length > 0) throw new Error(`Removing prod left behind:\n  ${tooMuch.join('\n  ')}`);
  if (lost.length > 0)
    throw new Error(
      `Removing prod took what it should keep:\n  ${lost.map(({ type, physicalId }) => `${type} ${physicalId}`).join('\n  ')}`,
    );
}
