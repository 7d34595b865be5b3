import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { root } from './stacks.ts';

const limits = { timeout: 300_000 };

/**
 * The path of a command of a pinned Python package, installed below `.cache/python` if missing. Each package has its own
 * virtual environment, because the packages need different versions of their dependencies.
 * @throws Error with pip's output when the installation fails
 */
export const pythonTool = async (command: string, requirement: string): Promise<string> =>
  join(await environment(requirement, [requirement], ''), 'bin', command);

/** The Python of a virtual environment with exactly the packages of a requirements file. @throws like `pythonTool` */
export const pythonWith = async (name: string, requirementsFile: string): Promise<string> =>
  join(
    await environment(name, ['--no-deps', '-r', requirementsFile], readFileSync(requirementsFile, 'utf8')),
    'bin',
    'python',
  );

/** Creates the environment again when `content` is not what it was installed from. */
async function environment(name: string, packages: string[], content: string): Promise<string> {
  const venv = join(root, '.cache', 'python', name);
  const marker = join(venv, 'installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === content) return venv;
  await execa('python3', ['-m', 'venv', '--clear', venv], limits);
  const install = ['install', '--quiet', '--disable-pip-version-check', ...packages];
  await execa(join(venv, 'bin', 'pip'), install, limits);
  writeFileSync(marker, content);
  return venv;
}
