import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Emulator } from './ministack.ts';
import { step } from './steps.ts';
import type { Workplace } from './workspace.ts';

/** Deploys the probes with `sls deploy`, runs the contract suite against them, and removes them. */
export async function proveContract(place: Workplace, emulator: Emulator, account: Account): Promise<void> {
  const folder = join(place.root, 'tests/platform-contract/probes');
  const stack = 'shop-contract-dev';
  await step('deploy the contract probes (sls deploy)', () => place.command('sls', ['deploy'], folder));
  await account.vouchForMailDomain('contract.example');
  const restApi = (await account.resourcesOf(stack)).find(({ type }) => type === 'AWS::ApiGateway::RestApi');
  if (!restApi) throw new Error(`${stack} has no REST API.`);
  await step('contract suite', () =>
    // Most of the suite is waiting: for visibility timeouts, and for the next minute.
    place.jest('contract', 6, {
      CONTRACT_PLATFORM: 'ministack',
      CONTRACT_STAGE: 'dev',
      CONTRACT_BASE_URL: `${emulator.endpoint}/restapis/${restApi.physicalId}/dev/_user_request_`,
    }),
  );
  await step('remove the contract probes (sls remove)', async () => {
    await account.emptyBucket('shop-contract-dev-files');
    await place.command('sls', ['remove'], folder);
  });
}
