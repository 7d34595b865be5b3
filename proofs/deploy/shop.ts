import { basename, join } from 'node:path';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { CompiledStack, Deployment } from '../../build/deployment.ts';
import { resolveDeployment } from '../../build/template/resolve-deployment.ts';
import type { SetUpResult } from '../../client/set-up-stage.ts';
import type { Account } from './account.ts';
import type { DeployedApi, Door } from './api-entry.ts';
import { deployDatabases, mailDomain, type Surroundings, secretOf, surround } from './fixtures.ts';
import { countResources, printCounts } from './inventory.ts';
import type { Emulator } from './ministack.ts';
import { compareFunctions, compareLocalFunctions } from './parity.ts';
import { step } from './steps.ts';
import type { Workplace } from './workspace.ts';

/** Deploys the shop as the README says, proves it end to end and function by function, and removes it. */
export async function proveShop(
  place: Workplace,
  emulator: Emulator,
  account: Account,
  accounts: readonly Account[],
): Promise<void> {
  // A stage of one's own may use databases that are there already; production makes its own (production.ts).
  Object.assign(place.environment, { SHOP_DATABASES: 'external' });
  const around = await step('start PostgreSQL, payment sandbox and door', () =>
    surround(place, emulator, 'dev'),
  );
  try {
    await step('look at what a deployment needs (npm run doctor)', async () => {
      await place.script('doctor', ['--stage', 'dev']);
    });
    await step('deploy the databases (npx sls deploy in resources/network, standby, data)', () =>
      deployDatabases(place, account, around, 'dev'),
    );
    await step('deploy every stack (npx oslsc deploy)', () => place.command('oslsc', ['deploy'], place.root));
    const deployment = await compiledDeployment(place, emulator, 'dev');
    await step('introduce the stacks to what is around them', () => introduce(around, account, deployment));
    const result = await step('set up (npm run setup)', () => setUp(place, 'dev'));
    await step('deploy one service again (npx sls deploy)', () =>
      place.command('sls', ['deploy'], join(place.root, 'services/orders')),
    );
    printCounts('dev', (await Promise.all(accounts.map(countResources))).flat());
    await step('ask what a release is asked (npm run smoke)', async () => {
      await place.script('smoke', ['--base-url', around.door.url]);
    });
    await step('end-to-end suite', () =>
      place.jest('e2e', 2, {
        E2E_BASE_URL: around.door.url,
        E2E_STAGE: 'dev',
        E2E_AWS_URL: emulator.endpoint,
        E2E_PAYMENTS_URL: around.payments.url,
        E2E_ADMIN_EMAIL: result.admin.email,
        E2E_ADMIN_PASSWORD: result.admin.password ?? '',
      }),
    );
    await step(
      'run a probe as each function, here',
      () => mustBeAsCompiled(compareFunctions(place.root, account, deployment)),
      () => `${deployment.functions.length} functions`,
    );
    await step('run a probe as each function, on the local platform', () =>
      mustBeAsCompiled(compareLocalFunctions(place)),
    );
    await step('remove every stack (npm run remove)', async () => {
      await place.script('remove', ['--stage', 'dev']);
    });
  } finally {
    await around.stop();
  }
}

async function mustBeAsCompiled(comparing: Promise<string[]>): Promise<void> {
  const differences = await comparing;
  if (differences.length > 0) throw new Error(`Not as compiled:\n  ${differences.join('\n  ')}`);
}

/** What the templates ask for, compiled with the same settings that they were deployed with. */
export async function compiledDeployment(
  place: Workplace,
  { region, accountId, endpoint }: Emulator,
  stage: string,
): Promise<Deployment> {
  const surroundings = { region, accountId, stage, project: 'shop', queueUrlBase: endpoint };
  return resolveDeployment(await compiledStacks(place, region, stage), surroundings);
}

/** The templates, compiled with the place's settings. */
export async function compiledStacks(
  place: Workplace,
  region: string,
  stage: string,
): Promise<CompiledStack[]> {
  const settings = Object.entries(place.environment).filter(([name]) => name.startsWith('SHOP_'));
  const before = { ...process.env };
  Object.assign(process.env, Object.fromEntries(settings));
  try {
    const cacheFolder = place.folder(`compiled-${basename(place.root)}`);
    return await compileStacks({ root: place.root, stage, region, cacheFolder });
  } finally {
    for (const [name] of settings) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/**
 * What an operator does once: the payment provider takes the secrets that the stacks made up, the mail domain is
 * vouched for, and the domain's routes lead to the APIs.
 */
export async function introduce(
  { payments, door }: Surroundings,
  account: Account,
  deployment: Deployment,
): Promise<void> {
  const { apiKey = '', webhookSecret = '' } = await secretOf(account, deployment.stage, 'payments/stripe');
  const url = `${door.url}/api/v1/payments/webhooks/stripe`;
  payments.configure({ apiKey, webhook: { url, secret: webhookSecret } });
  await account.vouchForMailDomain(mailDomain);
  await openDoor(door, account, deployment);
}

/** Lets the domain's routes lead to the APIs and pictures of a deployment. */
export async function openDoor(door: Door, account: Account, deployment: Deployment): Promise<void> {
  const apis: DeployedApi[] = [];
  for (const spec of deployment.apis) {
    const found = (await account.resourcesOf(spec.stack)).find(
      ({ logicalId }) => logicalId === spec.logicalId,
    );
    if (!found) throw new Error(`${spec.stack} was deployed without its API ${spec.logicalId}.`);
    apis.push({ spec, restApiId: found.physicalId });
  }
  const bucket = deployment.buckets.find(({ name }) => name.includes('product-images'));
  if (!bucket) throw new Error('No stack has a bucket for product images.');
  door.open(apis, { s3: account.s3, bucket: bucket.name, prefixes: ['renditions/'] });
}

/** What the operator does once after the first deployment. */
export async function setUp(place: Workplace, stage: string): Promise<SetUpResult> {
  const admin = ['--admin-email', 'admin@shop.example'];
  const output = await place.script('setup', ['--stage', stage, ...admin, '--json']);
  return JSON.parse(output) as SetUpResult;
}
