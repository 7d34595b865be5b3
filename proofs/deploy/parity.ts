import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InvokeCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { mapConcurrently } from '../../build/map-concurrently.ts';

import { startPlatform } from '../../platform/start-platform.ts';
import { defineFunctions } from '../../platform/startup/define-functions.ts';
import { defaultOptions } from '../../platform/startup/options.ts';
import type { StartOptions } from '../../platform/startup/platform.ts';
import type { Account } from '../emulator/account.ts';
import type { Workspace } from '../emulator/workspace.ts';
import { differencesOf, rolesThatGrantTheProbe, type SelfReport } from './self-report.ts';
import { zip } from './zip.ts';

/** The emulator's own variables, which its functions inherit (docs/platform-differences.md). */
const emulatorVariables =
  /^(AUTH|BIND_HOST|GATEWAY_PORT|HOME|IOT_MTLS_ENABLED|MINISTACK_\w+|PERSIST_STATE|SFTP_ENABLED|STATE_DIR|TMPDIR|_LAMBDA_\w+|_MINISTACK_\w+)$/;

/** The probe as one module, bundled with the functions' settings. */
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
 * Replaces every deployed function's code with the probe, invokes it, and returns the differences between its report and
 * the compiled templates. Handler, environment, role and limits stay as deployed. The functions are unusable afterwards.
 */
export async function compareFunctions(
  root: string,
  account: Account,
  deployment: Deployment,
): Promise<string[]> {
  const code = await bundleProbe(root);
  const found = await mapConcurrently(deployment.functions, 2, async (spec) => {
    const report = await reportOf(account, spec, code);
    return typeof report === 'string' ? [report] : differencesOf(spec, report, emulatorVariables);
  });
  const grants = rolesThatGrantTheProbe(deployment).map((role) => `${role}: grants dynamodb:ListTables`);
  return [...grants, ...found.flat()];
}

/** The same on the local platform: every function keeps its definition, and the probe is its bundle. */
export async function compareLocalFunctions(workspace: Workspace): Promise<string[]> {
  const file = workspace.path('probe.mjs');
  writeFileSync(file, await bundleProbe(workspace.root));
  const options: StartOptions = {
    ...defaultOptions(workspace.root),
    dataDir: workspace.path('local'),
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
    const found = await mapConcurrently(deployment.functions, 2, async (spec) => {
      const { payload, failure } = await pool.invoke(spec.name, '{}');
      return failure
        ? [`${spec.name}: the probe failed: ${payload}`]
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
  const response = await account.lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{}' }));
  const text = Buffer.from(response.Payload ?? []).toString();
  return response.FunctionError ? `${name}: the probe failed: ${text}` : (JSON.parse(text) as SelfReport);
}
