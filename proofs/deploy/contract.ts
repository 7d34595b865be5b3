import { join } from 'node:path';
import type { Account } from '../emulator/account.ts';
import type { Emulator } from '../emulator/ministack.ts';
import type { Workspace } from '../emulator/workspace.ts';
import { step } from '../steps.ts';

const stack = 'shop-contract-dev';

/** Deploys the probes with `sls deploy`, runs the contract suite against them, and removes them. */
export async function proveContract(
  workspace: Workspace,
  emulator: Emulator,
  account: Account,
): Promise<void> {
  const folder = join(workspace.root, 'tests/platform-contract/probes');
  await step('deploy the contract probes (sls deploy)', () => workspace.command('sls', ['deploy'], folder));
  await account.verifyMailDomain('contract.example');
  const restApi = (await account.resourcesOf(stack)).find(({ type }) => type === 'AWS::ApiGateway::RestApi');
  if (!restApi) throw new Error(`${stack} has no REST API.`);
  await step('contract suite', () =>
    // Six workers: most of the suite waits for visibility timeouts and for the next minute.
    workspace.jest('contract', 6, {
      CONTRACT_PLATFORM: 'ministack',
      CONTRACT_STAGE: 'dev',
      CONTRACT_BASE_URL: `${emulator.endpoint}/restapis/${restApi.physicalId}/dev/_user_request_`,
    }),
  );
  await step('remove the contract probes (sls remove)', async () => {
    await account.emptyBucket(`${stack}-files`);
    await workspace.command('sls', ['remove'], folder);
  });
}
