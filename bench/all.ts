/** All benchmarks one after the other, about eight minutes: `npm run bench`. One that hangs is ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A benchmark's file, its arguments, and the minutes after which it has failed. */
const benchmarks: [file: string, args: string[], minutes: number][] = [
  ['checkout.ts', [], 10],
  ['reads.ts', ['5'], 3],
  ['image.ts', ['10'], 3],
  ['start.ts', [], 4],
];

for (const [file, args, minutes] of benchmarks) {
  console.log(`\n== ${file} ${args.join(' ')}`);
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: 'inherit' });
  // The shop of a benchmark ends with it: its channel to it is closed.
  const limit = setTimeout(() => child.kill('SIGKILL'), minutes * 60_000);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(limit);
  if (code !== 0) process.exitCode = 1;
}
