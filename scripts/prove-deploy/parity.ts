import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InvokeCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import type { Deployment, FunctionSpec } from '../../local/deployment.ts';
import { differencesOf, rolesThatGrantTheProbe, type SelfReport } from '../../tests/parity/self-report.ts';
import { eachOf } from '../run.ts';
import type { Account } from './account.ts';
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
    entryPoints: [join(root, 'tests/parity/probe.ts')],
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
