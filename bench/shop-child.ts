/** The whole shop in its own process, started by shop-process.ts. */
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { root } from '../build/stacks.ts';
import { setUp } from '../client/set-up-stage.ts';
import { SecretStore } from '../platform/provision/secret-store.ts';
import { startPlatform } from '../platform/start-platform.ts';
import { defaultOptions } from '../platform/startup/options.ts';
import type { RunningShop, ShopOptions } from './shop-process.ts';

const { dataDir, mode, databaseSettings, logErrors } = JSON.parse(process.argv[2] ?? '{}') as ShopOptions;
const options = defaultOptions(root);
const { region, stage, project, adminEmail } = options;
const platform = await startPlatform({
  ...options,
  ...(mode && { mode }),
  ...(databaseSettings && { databaseSettings }),
  dataDir,
  ports: { api: 0, console: 0, aws: 0, payments: 0 },
  watch: false,
  seed: false,
  logLevel: 'error',
  log: (level, line) => {
    if (logErrors && level === 'error') console.error(line);
  },
});
const { accessKeyId, secretAccessKey, sessionToken } = platform.awsEndpoint.operator;
const aws = {
  endpoint: platform.awsUrl,
  region,
  credentials: { accessKeyId, secretAccessKey, sessionToken },
};
const lambda = new LambdaClient(aws);
const { admin } = await setUp({ lambda, stage, project, adminEmail, log: () => {} });
const secrets = SecretStore.open(join(dataDir, 'secrets.json'));
const { password } = JSON.parse(secrets.value(`${project}/${stage}/db/admin`)) as { password: string };
const shop: RunningShop = {
  apiUrl: platform.apiUrl,
  consoleUrl: platform.consoleUrl,
  controlSecret: platform.controlSecret,
  paymentsUrl: platform.paymentsUrl,
  aws,
  project,
  stage,
  admin: { email: adminEmail, password: admin.password ?? '' },
  database: {
    port: Number(
      platform.deployment.functions.find(({ environment }) => environment.DATABASE_PORT)?.environment
        .DATABASE_PORT,
    ),
    password,
  },
};
process.send?.(shop);
process.on('disconnect', () => {
  void platform.stop().then(() => process.exit(0));
});
