import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { execa } from 'execa';
import { readBundling } from '../../build/bundle/esbuild-options.ts';
import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { mapConcurrently } from '../../build/map-concurrently.ts';
import { startPlatform } from '../../platform/start-platform.ts';
import { defineFunctions } from '../../platform/startup/define-functions.ts';
import { defaultOptions } from '../../platform/startup/options.ts';
import type { StartOptions } from '../../platform/startup/platform.ts';
import type { Account } from '../emulator/account.ts';
import type { Workspace } from '../emulator/workspace.ts';
import { differencesOf, rolesThatGrantTheProbe, type SelfReport } from './self-report.ts';

/** The emulator's own variables, which its functions inherit (docs/platform-differences.md). */
const emulatorVariables =
  /^(AUTH|BIND_HOST|GATEWAY_PORT|HOME|IOT_MTLS_ENABLED|MINISTACK_\w+|PERSIST_STATE|SFTP_ENABLED|STATE_DIR|TMPDIR|_LAMBDA_\w+|_MINISTACK_\w+)$/;

/** The probe as one module, bundled with the functions' settings. */
async function bundleProbe(root: string): Promise<string> {
  const entryPoints = [join(root, 'proofs/deploy/probe.ts')];
  const { outputFiles } = await build({
    ...readBundling(root).options,
    entryPoints,
    write: false,
    outdir: root,
  });
  return outputFiles[0]!.text;
}

/** A zip file in which the module of every handler is the probe. */
async function zipProbe(workspace: Workspace, functions: readonly FunctionSpec[]): Promise<Buffer> {
  const folder = workspace.path('probe');
  mkdirSync(join(folder, 'src/handlers'), { recursive: true });
  writeFileSync(join(folder, 'src/probe.mjs'), await bundleProbe(workspace.root));
  for (const { handler } of functions) {
    const file = join(folder, `${handler.slice(0, handler.lastIndexOf('.'))}.mjs`);
    writeFileSync(file, "export { handler } from '../probe.mjs';");
  }
  await execa('python3', ['-m', 'zipfile', '-c', 'probe.zip', 'src'], { cwd: folder });
  return readFileSync(join(folder, 'probe.zip'));
}

/**
 * Replaces every deployed function's code with the probe, invokes it, and returns the differences between its report and
 * the compiled templates. Handler, environment, role and limits stay as deployed. The functions are unusable afterwards.
 */
export async function compareFunctions(
  workspace: Workspace,
  account: Account,
  deployment: Deployment,
): Promise<string[]> {
  const ZipFile = await zipProbe(workspace, deployment.functions);
  const found = await mapConcurrently(deployment.functions, 2, async (spec) => {
    const report = await reportOf(account, spec, ZipFile);
    return typeof report === 'string' ? [report] : differencesOf(spec, report, emulatorVariables);
  });
  const grants = rolesThatGrantTheProbe(deployment).map(
    (role) => `${role}: grants the probe’s dynamodb:Scan`,
  );
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
  { name }: FunctionSpec,
  ZipFile: Buffer,
): Promise<SelfReport | string> {
  await account.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
  const response = await account.lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{}' }));
  const text = Buffer.from(response.Payload ?? []).toString();
  return response.FunctionError ? `${name}: the probe failed: ${text}` : (JSON.parse(text) as SelfReport);
}
