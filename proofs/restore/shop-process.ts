/** The whole shop in a process of its own, so that the drill can kill it with everything that it started. */
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { root } from '../../build/stacks.ts';
import { setUp } from '../../client/set-up-stage.ts';
import { SecretStore } from '../../platform/provision/secret-store.ts';
import { startPlatform } from '../../platform/start-platform.ts';
import { defaultOptions } from '../../platform/startup/options.ts';
import type { Addresses, ShopFolder } from './shop.ts';

const { dataDir, databaseSettings } = JSON.parse(process.argv[2] ?? '{}') as ShopFolder;
const options = defaultOptions(root);
const platform = await startPlatform({
  ...options,
  dataDir,
  databaseSettings,
  ports: { api: 0, console: 0, aws: 0, payments: 0 },
  watch: false,
  seed: false,
  logLevel: 'error',
  log: () => {}, // what a killed shop complains of is no news
});
const credentials = platform.awsEndpoint.operator;
const { admin } = await setUp({
  lambda: new LambdaClient({ endpoint: platform.awsUrl, region: options.region, credentials }),
  stage: options.stage,
  project: options.project,
  adminEmail: options.adminEmail,
  log: () => {},
});
const secret = SecretStore.open(join(dataDir, 'secrets.json')).value(
  `${options.project}/${options.stage}/db/admin`,
);
const addresses: Addresses = {
  apiUrl: platform.apiUrl,
  consoleUrl: platform.consoleUrl,
  awsUrl: platform.awsUrl,
  paymentsUrl: platform.paymentsUrl,
  credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
  region: options.region,
  stage: options.stage,
  project: options.project,
  accountId: options.accountId,
  admin: { email: options.adminEmail, ...(admin.password ? { password: admin.password } : {}) },
  database: {
    port: Number(platform.deployment.exports[`${options.project}-${options.stage}-orders-db-port`]),
    password: (JSON.parse(secret) as { password: string }).password,
  },
};
process.send?.(addresses);
process.on('disconnect', () => {
  void platform.stop().then(() => process.exit(0));
});
