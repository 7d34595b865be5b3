import { basename } from 'node:path';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { CompiledStack, Deployment } from '../../build/deployment.ts';
import { resolveDeployment } from '../../build/template/resolve-deployment.ts';
import type { SetUpResult } from '../../client/set-up-stage.ts';
import type { Account } from './account.ts';
import type { ApiEntry, DeployedApi } from './api-entry.ts';
import { type Fixtures, mailDomain, secretOf } from './fixtures.ts';
import type { Emulator } from './ministack.ts';
import type { Workspace } from './workspace.ts';

/** The templates' resources, compiled with the settings that they were deployed with. */
export async function compiledDeployment(
  workspace: Workspace,
  { region, accountId, endpoint }: Emulator,
  stage: string,
): Promise<Deployment> {
  const target = { region, accountId, stage, project: 'shop', queueUrlBase: endpoint };
  return resolveDeployment(await compiledStacks(workspace, region, stage), target);
}

/** The templates, compiled with the workspace's settings. */
export async function compiledStacks(
  workspace: Workspace,
  region: string,
  stage: string,
): Promise<CompiledStack[]> {
  const settings = Object.entries(workspace.environment).filter(([name]) => name.startsWith('SHOP_'));
  const before = { ...process.env };
  Object.assign(process.env, Object.fromEntries(settings));
  try {
    const cacheFolder = workspace.path(`compiled-${basename(workspace.root)}`);
    return await compileStacks({ root: workspace.root, stage, region, cacheFolder });
  } finally {
    for (const [name] of settings) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/**
 * Connects the fixtures to the deployed stacks, as an operator does once: gives the payment sandbox the generated
 * secrets, verifies the mail domain, and routes the API entry to the APIs.
 */
export async function connectFixtures(
  { payments, apiEntry }: Fixtures,
  account: Account,
  deployment: Deployment,
): Promise<void> {
  const { apiKey = '', webhookSecret = '' } = await secretOf(account, deployment.stage, 'payments/stripe');
  const url = `${apiEntry.url}/api/v1/payments/webhooks/stripe`;
  payments.configure({ apiKey, webhook: { url, secret: webhookSecret } });
  await account.verifyMailDomain(mailDomain);
  await routeApiEntry(apiEntry, account, deployment);
}

/** Routes the API entry to the APIs and images of a deployment. */
export async function routeApiEntry(
  apiEntry: ApiEntry,
  account: Account,
  deployment: Deployment,
): Promise<void> {
  const apis: DeployedApi[] = [];
  for (const spec of deployment.apis) {
    const resources = await account.resourcesOf(spec.stack);
    const found = resources.find(({ logicalId }) => logicalId === spec.logicalId);
    if (!found) throw new Error(`${spec.stack} was deployed without its API ${spec.logicalId}.`);
    apis.push({ spec, restApiId: found.physicalId });
  }
  const bucket = deployment.buckets.find(({ name }) => name.includes('product-images'));
  if (!bucket) throw new Error('No stack has a bucket for product images.');
  apiEntry.open(apis, { s3: account.s3, bucket: bucket.name, prefixes: ['renditions/'] });
}

/** Creates the signing key and the administrator with `npm run setup`. */
export async function setUp(workspace: Workspace, stage: string): Promise<SetUpResult> {
  const admin = ['--admin-email', 'admin@shop.example'];
  return JSON.parse(await workspace.script('setup', ['--stage', stage, ...admin, '--json'])) as SetUpResult;
}
