/**
 * Every test: `npm test [-- options of Jest]`. The end-to-end suite mostly waits for messages to come back, so it runs beside the unit and
 * integration tests; each prints its own summary, the end-to-end one last.
 */

import { execa } from 'execa';
import { root } from '../build/stacks.ts';

/** Runs one Jest project with its output passed on, or returned at its end. */
const runProject = (project: string, args: string[], output: 'inherit' | 'pipe') =>
  execa('jest', ['--selectProjects', project, ...args, ...process.argv.slice(2)], {
    cwd: root,
    preferLocal: true,
    env: { NODE_NO_WARNINGS: '1', NODE_OPTIONS: '--experimental-vm-modules' },
    stdin: 'ignore',
    stdout: output,
    stderr: output,
    all: true,
    reject: false,
  });

const started = performance.now();
const endToEnd = runProject('e2e', ['--runInBand'], 'pipe');
const unit = await runProject('unit', [], 'inherit');
const integration = await runProject('int', [], 'inherit');
const e2e = await endToEnd;
console.log(e2e.all);

const failed = Object.entries({ unit, int: integration, e2e }).filter(([, result]) => result.failed);
console.log(`\nall tests: ${((performance.now() - started) / 1000).toFixed(0)} s`);
if (failed.length > 0) {
  console.error(`failed: ${failed.map(([name]) => name).join(', ')}`);
  process.exit(1);
}
