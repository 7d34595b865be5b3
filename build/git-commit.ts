import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** A commit checked out into its own folder, with its packages. `title` is its short id and subject. */
export type CheckedOutCommit = { title: string; folder: string };

const gitTimeoutMs = 60_000;
const installTimeoutMs = 300_000;

/** A commit's id; undefined when the repository does not have it. */
export async function commitOf(root: string, name: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
  const { failed, stdout } = await execa('git', args, { cwd: root, timeout: gitTimeoutMs, reject: false });
  return failed ? undefined : stdout;
}

/**
 * Checks a commit out into `folder`. It shares the working tree's packages when both have the same lock file.
 * @throws Error with the output of git or npm when a command fails
 */
export async function checkOut(root: string, commit: string, folder: string): Promise<CheckedOutCommit> {
  mkdirSync(folder, { recursive: true });
  const archive = `${folder}.tar`;
  const git = { cwd: root, timeout: gitTimeoutMs };
  await execa('git', ['archive', '--output', archive, commit], git);
  await execa('tar', ['-xf', archive, '-C', folder], git);
  const lockFileOf = (path: string) => readFileSync(join(path, 'package-lock.json'), 'utf8');
  const packages = join(root, 'node_modules');
  if (existsSync(packages) && lockFileOf(folder) === lockFileOf(root))
    symlinkSync(packages, join(folder, 'node_modules'));
  else
    await execa('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: folder,
      timeout: installTimeoutMs,
    });
  const { stdout } = await execa('git', ['show', '--no-patch', '--format=%h %s', commit], git);
  return { title: stdout, folder };
}
