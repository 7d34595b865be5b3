import { join } from 'node:path';
import { execa } from 'execa';
import { pythonWith } from '../python-tools.ts';
import { root } from '../stacks.ts';

const folder = import.meta.dirname;
const python = () => pythonWith('lint-commands', join(folder, 'requirements.txt'));

/** Each command of fixtures/wrong-commands.txt by its line. */
const wrongLines = [3, 3, 4, 7, 8, 9, 10, 14];

/**
 * Checks the shell blocks and AWS CLI commands of every Markdown file that is in Git.
 * @throws Error with the findings, or when the check misses one of the wrong commands of its fixture
 */
export async function lintCommands(): Promise<string> {
  const wrong = await check(['build/lint-commands/fixtures/wrong-commands.txt']);
  const found = [...wrong.matchAll(/wrong-commands\.txt:(\d+):/g)].map(([, line]) => Number(line));
  if (found.toSorted((a, b) => a - b).join() !== wrongLines.join())
    throw new Error(`the check does not find every wrong command of its fixture:\n${wrong}`);
  const { stdout } = await execa('git', ['ls-files', '*.md'], { cwd: root });
  const report = await check(stdout.split('\n'));
  if (!/^[1-9]\d* shell blocks, [1-9]\d* AWS CLI commands, 0 findings$/.test(report)) throw new Error(report);
  return report;
}

async function check(files: string[]): Promise<string> {
  const options = { cwd: root, timeout: 120_000, reject: false, all: true } as const;
  return (await execa(await python(), [join(folder, 'commands.py'), ...files], options)).all;
}

/** The folder of shellcheck, with which actionlint also checks the steps of workflows. */
export const shellcheckFolder = async (): Promise<string> => join(await python(), '..');
