/**
 * What a function needs before its first request: `npm run bench:memory`. Each function's bundle is loaded in a process
 * of its own, as Lambda loads it, with its own settings; the memory and the CPU time of that, and what the CPU time
 * becomes at the share of a processor that each memory size buys (Lambda: one whole processor at 1,769 MB).
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBundler } from '../build/bundle/bundler.ts';
import { compileStacks } from '../build/compile/compile-stacks.ts';
import { root } from '../build/stacks.ts';
import { resolveDeployment } from '../build/template/resolve-deployment.ts';
import { printTable } from './measure.ts';

/** Lambda, "Configure Lambda function memory". */
const WHOLE_PROCESSOR_MB = 1_769;
const PROBE = `
  const before = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 2 ** 20 }));
  process.exit(0);`;

const region = 'eu-west-1';
const accountId = '000000000000';
const stacks = await compileStacks({ root, stage: 'local' });
const { functions } = resolveDeployment(stacks, {
  region,
  accountId,
  stage: 'local',
  project: 'shop',
  queueUrlBase: 'http://127.0.0.1',
});
const bundler = await startBundler({
  root,
  functions,
  libraries: 'own',
  cacheFolder: join(root, '.cache', 'deployed-bundles'),
});
try {
  const rows = [];
  for (const { name, environment, memoryMb } of functions) {
    const { cpuMs, rssMb } = await load(bundler.files.get(name)!, environment, name);
    const at = (mb: number) => Math.round(cpuMs / Math.min(1, mb / WHOLE_PROCESSOR_MB));
    rows.push({
      function: name.replace('shop-', '').replace('-local', ''),
      'memory, MB': Math.round(rssMb),
      'of its size': `${Math.round((100 * rssMb) / memoryMb)} %`,
      'CPU, ms': Math.round(cpuMs),
      'at 256 MB': at(256),
      'at 512 MB': at(512),
      'at 1024 MB': at(1024),
    });
  }
  printTable(rows.toSorted((a, b) => b['memory, MB'] - a['memory, MB']));
} finally {
  await bundler.stop();
}
process.exit(0);

async function load(
  file: string,
  environment: Record<string, string>,
  name: string,
): Promise<{ cpuMs: number; rssMb: number }> {
  const lambda = {
    AWS_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROBE, file], {
    env: { PATH: process.env['PATH'], ...environment, ...lambda },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as { cpuMs: number; rssMb: number };
}
