/** The whole shop in a process of its own, for a benchmark: its data is thrown away, its durability is that of `npm start`. */
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { root } from '../build/stacks.ts';
import { setUp } from '../client/set-up-stage.ts';
import { SecretStore } from '../platform/provision/secret-store.ts';
import { startPlatform } from '../platform/start-platform.ts';
import { defaultOptions } from '../platform/startup/options.ts';
import type { Ready } from './platform.ts';

const [dataDir = '', mode = 'several'] = process.argv.slice(2);
const options = defaultOptions(root);
const platform = await startPlatform({
  ...options,
  dataDir,
  mode: mode === 'single' ? 'single' : 'several',
  ports: { api: 0, console: 0, aws: 0, payments: 0 },
  watch: false,
  seed: false,
  logLevel: 'error',
  log: (level, line) => {
    if (level === 'error') console.error(line);
  },
});
const lambda = new LambdaClient({
  endpoint: platform.awsUrl,
  region: options.region,
  credentials: platform.awsEndpoint.operator,
});
const { admin } = await setUp({
  lambda,
  stage: options.stage,
  project: options.project,
  adminEmail: options.adminEmail,
  log: () => {},
});
const secrets = SecretStore.open(join(dataDir, 'secrets.json'));
const ready: Ready = {
  apiUrl: platform.apiUrl,
  consoleUrl: platform.consoleUrl,
  adminEmail: options.adminEmail,
  adminPassword: admin.password ?? '',
  databasePort: Number(platform.deployment.exports['shop-local-orders-db-port']),
  databasePassword: (JSON.parse(secrets.value('shop/local/db/admin')) as { password: string }).password,
};
process.send?.(ready);
process.on('disconnect', () => {
  void platform.stop().then(() => process.exit(0));
});
