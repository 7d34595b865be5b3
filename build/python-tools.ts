import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';
import { root } from './stacks.ts';

/**
 * The path of a command of a pinned Python package, installed below `.cache/python` when it is not there
 * yet: each package in an environment of its own, since they ask for different versions of what they stand on.
 * @throws Error with pip's output when it cannot be installed
 */
export async function pythonTool(command: string, requirement: string): Promise<string> {
  const venv = join(root, '.cache', 'python', requirement);
  const path = join(venv, 'bin', command);
  const marker = join(venv, 'installed');
  if (existsSync(path) && existsSync(marker)) return path;
  if (!existsSync(join(venv, 'bin', 'pip'))) await mustRun('python3', ['-m', 'venv', venv]);
  await mustRun(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', requirement]);
  await mustRun('touch', [marker]);
  return path;
}

async function mustRun(command: string, args: string[]): Promise<void> {
  const { status, output } = await run(command, args, { cwd: root, timeoutMs: 300_000 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${output}`);
}
