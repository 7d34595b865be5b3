import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InvokeCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { eachOf } from '../../build/run.ts';

import { startPlatform } from '../../platform/start-platform.ts';
import { defineFunctions } from '../../platform/startup/define-functions.ts';
import { defaultOptions } from '../../platform/startup/options.ts';
import type { StartOptions } from '../../platform/startup/platform.ts';
import type { Account } from './account.ts';
import { differencesOf, rolesThatGrantTheProbe, type SelfReport } from './self-report.ts';
import type { Workplace } from './workspace.ts';
import { zip } from './zip.ts';

/** What the emulator leaves of its own environment in a function's (docs/platform-differences.md). */
const ownVariables =
  /^(AUTH|BIND_HOST|GATEWAY_PORT|HOME|IOT_MTLS_ENABLED|MINISTACK_\w+|PERSIST_STATE|SFTP_ENABLED|STATE_DIR|TMPDIR|_LAMBDA_\w+|_MINISTACK_\w+)$/;

/** The probe as one module, bundled by the settings that the functions are bundled by. */
export async function bundleProbe(root: string): Promise<string> {
  const buildOptions = createRequire(import.meta.url)(
    '../../shared/serverless/esbuild.config.cjs',
  ) as () => Record<string, unknown>;
  const { exclude: _, outputFileExtension: __, ...options } = buildOptions();
  const result = await build({
    ...options,
    entryPoints: [join(root, 'proofs/deploy/probe.ts')],
    write: false,
  });
  return result.outputFiles![0]!.text;
}

/**
 * Puts the probe in the place of every deployed function's code, leaving handler, environment, role and limits as
 * they were deployed, runs it, and compares what it reports with the compiled templates. Answers the differences.
 * The functions are of no use afterwards.
 */
export async function compareFunctions(
  root: string,
  account: Account,
  deployment: Deployment,
): Promise<string[]> {
  const code = await bundleProbe(root);
  const found = await eachOf(deployment.functions, 2, async (spec) => {
    const report = await reportOf(account, spec, code);
    return typeof report === 'string' ? [report] : differencesOf(spec, report, ownVariables);
  });
  const grants = rolesThatGrantTheProbe(deployment).map((role) => `${role}: grants dynamodb:ListTables`);
  return [...grants, ...found.flat()];
}

/** The same on the local platform: every function keeps its definition, and gets the probe as its bundle. */
export async function compareLocalFunctions(place: Workplace): Promise<string[]> {
  const file = place.folder('probe.mjs');
  writeFileSync(file, await bundleProbe(place.root));
  const options: StartOptions = {
    ...defaultOptions(place.root),
    dataDir: place.folder('local'),
    ports: { api: 0, console: 0, aws: 0, payments: 0 },
    watch: false,
    durable: false,
    log: () => {},
  };
  const platform = await startPlatform(options);
  try {
    const { deployment, pool, awsEndpoint } = platform;
    const files = new Map(deployment.functions.map(({ name }) => [name, file]));
    defineFunctions({ options, deployment, bundler: { files }, pool, awsEndpoint });
    const found = await eachOf(deployment.functions, 2, async (spec) => {
      const { payload, failure } = await pool.invoke(spec.name, '{}');
      return failure
        ? [`${spec.name}: the probe failed in its place: ${payload}`]
        : differencesOf(spec, JSON.parse(payload) as SelfReport);
    });
    return found.flat();
  } finally {
    await platform.stop();
  }
}

async function reportOf(
  account: Account,
  { name, handler }: FunctionSpec,
  code: string,
): Promise<SelfReport | string> {
  const file = `${handler.slice(0, handler.lastIndexOf('.'))}.mjs`;
  const ZipFile = zip({ [file]: code });
  await account.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
  const answer = await account.lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{}' }));
  const text = Buffer.from(answer.Payload ?? []).toString();
  return answer.FunctionError
    ? `${name}: the probe failed in its place: ${text}`
    : (JSON.parse(text) as SelfReport);
}
