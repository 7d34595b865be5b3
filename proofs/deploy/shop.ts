import { join } from 'node:path';
import { accountStack } from '../../build/compiled.ts';
import type { Account } from '../emulator/account.ts';
import { deployAccount, deployDatabases, startFixtures } from '../emulator/fixtures.ts';
import type { Emulator } from '../emulator/ministack.ts';
import { compiledDeployment, connectFixtures, setUp } from '../emulator/set-up-shop.ts';
import type { Workspace } from '../emulator/workspace.ts';
import { step } from '../steps.ts';
import { compareFunctions, compareLocalFunctions } from './parity.ts';
import { countResources, printCounts } from './resource-counts.ts';

/** Deploys the shop with the documented commands, tests it end to end and function by function, and removes it. */
export async function proveShop(
  workspace: Workspace,
  emulator: Emulator,
  account: Account,
  accounts: readonly Account[],
): Promise<void> {
  // Stage dev uses existing databases; production creates its own (production.ts).
  Object.assign(workspace.environment, { SHOP_DATABASES: 'external' });
  const fixtures = await step('start PostgreSQL, payment sandbox and API entry', () =>
    startFixtures(workspace, emulator, 'dev'),
  );
  try {
    await step('deploy the account’s stack (npx sls deploy in resources/account)', () =>
      deployAccount(workspace),
    );
    await step('check the requirements (npm run check:stage)', () =>
      workspace.script('check:stage', ['--stage', 'dev']),
    );
    await step('deploy the databases (npx sls deploy in resources/network, standby, data)', () =>
      deployDatabases(workspace, account, fixtures, 'dev'),
    );
    await step('deploy every stack (npx oslsc deploy)', () =>
      workspace.command('oslsc', ['deploy'], workspace.root),
    );
    const deployment = await compiledDeployment(workspace, emulator, 'dev');
    await step('connect the fixtures', () => connectFixtures(fixtures, account, deployment));
    const { admin } = await step('set up (npm run setup)', () => setUp(workspace, 'dev'));
    await step('deploy one service again (npx sls deploy)', () =>
      workspace.command('sls', ['deploy'], join(workspace.root, 'services/orders')),
    );
    printCounts('dev', (await Promise.all(accounts.map(countResources))).flat());
    await step('smoke test (npm run check:api)', () =>
      workspace.script('check:api', ['--base-url', fixtures.apiEntry.url]),
    );
    await step('end-to-end suite', () =>
      workspace.jest('e2e', 2, {
        E2E_BASE_URL: fixtures.apiEntry.url,
        E2E_STAGE: 'dev',
        E2E_AWS_URL: emulator.endpoint,
        E2E_PAYMENTS_URL: fixtures.payments.url,
        E2E_CONTROL_SECRET: fixtures.payments.controlSecret,
        E2E_ADMIN_EMAIL: admin.email,
        E2E_ADMIN_PASSWORD: admin.password ?? '',
      }),
    );
    await step(
      'run a probe as each function on the emulator',
      async () => mustBeEmpty(await compareFunctions(workspace, account, deployment)),
      () => `${deployment.functions.length} functions`,
    );
    await step('run a probe as each function on the local platform', async () =>
      mustBeEmpty(await compareLocalFunctions(workspace)),
    );
    await step('remove every stack (npm run remove:stage, npx sls remove in resources/account)', async () => {
      await workspace.script('remove:stage', ['--stage', 'dev']);
      await workspace.command('sls', ['remove'], join(workspace.root, accountStack));
    });
  } finally {
    await fixtures.stop();
  }
}

function mustBeEmpty(differences: readonly string[]): void {
  if (differences.length > 0) throw new Error(`Different from the templates:\n  ${differences.join('\n  ')}`);
}
