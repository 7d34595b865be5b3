import { spawn } from 'node:child_process';

/** What a command said, on both streams and on its standard output alone, and how it ended. */
export type Outcome = { status: number; output: string; stdout: string };

/** Runs a command to its end, with its output collected; never rejects for a failure of the command. */
export const run = (
  command: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string>; timeoutMs: number },
): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ status: 127, output: `${output}${error.message}`, stdout }));
    child.on('close', (status, signal) =>
      resolve({ status: status ?? 1, output: signal ? `${output}\nended by ${signal}` : output, stdout }),
    );
  });

/** Does `work` for each item, so many at once, and answers in the items' order. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        results[next[0]] = await work(next[1]);
    }),
  );
  return results;
}
