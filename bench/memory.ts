/**
 * Measures the memory and CPU time that a function needs before its first request: `npm run bench:memory`. Loads each
 * function's bundle in its own process with its own settings, and computes the time at the share of a processor that each
 * memory size gets (Lambda: one processor at 1,769 MB).
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { startBundler } from '../build/bundle/bundler.ts';
import { deploymentOf } from '../build/compiled.ts';
import { root } from '../build/stacks.ts';
import { printTable } from './measure.ts';
import { finish } from './record.ts';

/** Lambda, "Configure Lambda function memory". */
const wholeProcessorMb = 1_769;
/** The others need less. */
const shown = 8;
const probe = `
  const before = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 2 ** 20 }));
  process.exit(0);`;

const { functions, region } = await deploymentOf('local');
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
    const at = (mb: number) => Math.round(cpuMs / Math.min(1, mb / wholeProcessorMb));
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
  printTable(
    `The ${shown} of ${rows.length} functions that need the most memory to load, and the time at each memory size in ms`,
    rows.toSorted((a, b) => b['memory, MB'] - a['memory, MB']).slice(0, shown),
  );
} finally {
  await bundler.stop();
}
finish('bench-memory', 'npm run bench:memory');

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
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', probe, file], {
    env: { PATH: process.env['PATH'] ?? '', ...environment, ...lambda },
    extendEnv: false,
  });
  return JSON.parse(stdout.split('\n').at(-1)!) as { cpuMs: number; rssMb: number };
}
