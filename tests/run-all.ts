/**
 * Every test: `npm test`. The end-to-end suite mostly waits for messages to come back, so it runs beside the unit and
 * integration tests; each prints its own summary, the end-to-end one last.
 */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../build/stacks.ts';

const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

/** Runs one Jest project with its output passed on, or kept until its end. */
function runProject(
  project: string,
  args: string[],
  keep: boolean,
): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--experimental-vm-modules', jest, '--selectProjects', project, ...args],
      {
        cwd: root,
        env: { ...process.env, NODE_NO_WARNINGS: '1' },
        stdio: ['ignore', keep ? 'pipe' : 'inherit', keep ? 'pipe' : 'inherit'],
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    child.on('close', (code) => resolve({ status: code ?? 1, output }));
  });
}

const started = performance.now();
const endToEnd = runProject('e2e', ['--runInBand'], true);
const unit = await runProject('unit', [], false);
const integration = await runProject('int', [], false);
const { status, output } = await endToEnd;
process.stdout.write(output);

const failed = [
  ['unit', unit.status],
  ['int', integration.status],
  ['e2e', status],
].filter(([, code]) => code !== 0);
console.log(`\nall tests: ${((performance.now() - started) / 1000).toFixed(0)} s`);
if (failed.length > 0) {
  console.error(`failed: ${failed.map(([name]) => name).join(', ')}`);
  process.exit(1);
}
