import { LambdaClient } from '@aws-sdk/client-lambda';
import { setUp } from '../../client/set-up-stage.ts';
import { readAdministrator, storeAdministrator } from './administrator.ts';
import type { Platform, StartOptions } from './platform.ts';

/** The administrator of a shop that is set up; `created` by this start. */
export type ShopAdministrator = { email: string; password?: string; created: boolean };

/** Creates signing key and administrator as `npm run setup` does for a deployed stage, unless they exist. */
export async function setUpShop(platform: Platform, options: StartOptions): Promise<ShopAdministrator> {
  const { dataDir, region, stage, project, adminEmail, log } = options;
  const lambda = new LambdaClient({
    region,
    endpoint: platform.awsUrl,
    credentials: platform.awsEndpoint.operator,
  });
  try {
    const { admin } = await setUp({ lambda, stage, project, adminEmail, log: (line) => log('info', line) });
    const { email, password } = admin;
    if (password !== undefined) {
      storeAdministrator(dataDir, { email, password });
      return { email, password, created: true };
    }
    const stored = readAdministrator(dataDir);
    return stored?.email === email ? { ...stored, created: false } : { email, created: false };
  } finally {
    lambda.destroy();
  }
}
