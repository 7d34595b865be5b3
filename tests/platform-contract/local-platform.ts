/**
 * Runs the local platform with the probes alone in a child process. The parent passes the data folder; the child sends
 * the addresses of the platform, and exits with its parent.
 */

import { startPlatform } from '../../platform/start-platform.ts';
import { defaultOptions } from '../../platform/startup/options.ts';

/** The environment variables of the suite. */
export type SuiteEnvironment = Record<string, string>;

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const [dataDir = ''] = process.argv.slice(2);

const platform = await startPlatform({
  ...defaultOptions(root),
  dataDir,
  stage: 'dev',
  ports: { api: 0, console: 0, aws: 0, payments: 0 },
  watch: false,
  durable: false,
  stacks: ['tests/platform-contract/probes'],
  database: false,
  log: (level, line) => console.error(`${level}: ${line}`),
});
const { accessKeyId, secretAccessKey, sessionToken } = platform.awsEndpoint.operator;
process.send?.({
  CONTRACT_PLATFORM: 'local',
  CONTRACT_STAGE: 'dev',
  CONTRACT_BASE_URL: platform.apiUrl,
  AWS_ENDPOINT_URL: platform.awsUrl,
  AWS_REGION: platform.deployment.region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken ?? '',
} satisfies SuiteEnvironment);
process.once('disconnect', async () => {
  await platform.stop();
  process.exit(0);
});
