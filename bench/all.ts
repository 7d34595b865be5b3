/** Runs all benchmarks one after the other, about nine minutes: `npm run bench`, or only one: `npm run bench -- start`. `--record` writes docs/measurements. */
import { join } from 'node:path';
import { execaNode } from 'execa';
import { recordOption } from './record.ts';

const benchmarks: [file: string, args: string[], timeoutMinutes: number][] = [
  ['checkout.ts', [], 10],
  ['reads.ts', ['5'], 5],
  ['image.ts', ['10'], 3],
  ['start.ts', [], 4],
  ['memory.ts', [], 3],
];

const recording = process.argv.includes(recordOption) ? [recordOption] : [];
const only = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const chosen = benchmarks.filter(([file]) => only === undefined || file === `${only}.ts`);
if (chosen.length === 0) throw new Error(`there is no benchmark ${only}`);
for (const [file, args, minutes] of chosen) {
  console.log(`\n== ${file} ${args.join(' ')}`);
  // A benchmark's shop stops when the benchmark's process ends.
  const { failed, shortMessage } = await execaNode(join(import.meta.dirname, file), [...args, ...recording], {
    stdio: 'inherit',
    ipc: false,
    timeout: minutes * 60_000,
    killSignal: 'SIGKILL',
    reject: false,
  });
  if (failed) {
    console.error(shortMessage);
    process.exitCode = 1;
  }
}
