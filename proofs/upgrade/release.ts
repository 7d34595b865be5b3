import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { runLogged } from '../emulator/run-logged.ts';
import { searchPath } from '../emulator/workspace.ts';

/** A commit checked out into its own folder, with its packages. */
export type Release = { title: string; folder: string };

/** The tag of the last deployment to production (.github/workflows/deploy.yml). */
const releasedTag = 'released';
const gitTimeoutMs = 60_000;
const installTimeoutMs = 300_000;

/** A commit's id; undefined when the repository does not have it. */
async function commitOf(root: string, name: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
  const { failed, stdout } = await execa('git', args, { cwd: root, timeout: gitTimeoutMs, reject: false });
  return failed ? undefined : stdout;
}

/**
 * The commits to deploy one over the other. The previous one is `from`, otherwise the tag `released` unless it is the
 * current commit, otherwise the parent commit.
 * @throws Error when `from` is not a commit, or the clone has no parent commit
 */
export async function chooseCommits(
  root: string,
  from: string | undefined,
): Promise<{ previous: string; current: string }> {
  const current = await commitOf(root, 'HEAD');
  if (current === undefined) throw new Error('This folder is not a Git repository.');
  if (from !== undefined) {
    const previous = await commitOf(root, from);
    if (previous === undefined) throw new Error(`${from} is not a commit of this repository.`);
    return { previous, current };
  }
  const released = await commitOf(root, `refs/tags/${releasedTag}`);
  const previous = released !== undefined && released !== current ? released : await commitOf(root, 'HEAD~1');
  if (previous === undefined)
    throw new Error('There is no previous commit here: fetch more history, or name one with --from.');
  return { previous, current };
}

/** Checks a commit out into `folder`. It shares the working tree's packages when both have the same lock file. */
export async function checkOut(root: string, commit: string, folder: string): Promise<Release> {
  mkdirSync(folder, { recursive: true });
  const archive = `${folder}.tar`;
  const env = { PATH: searchPath(root), HOME: process.env['HOME'] ?? folder };
  const step = { cwd: root, env, logFile: `${folder}.log`, timeoutMs: gitTimeoutMs };
  await runLogged({ ...step, command: 'git', args: ['archive', '--output', archive, commit] });
  await runLogged({ ...step, command: 'tar', args: ['-xf', archive, '-C', folder] });
  const lockFileOf = (path: string) => readFileSync(join(path, 'package-lock.json'), 'utf8');
  const packages = join(root, 'node_modules');
  if (existsSync(packages) && lockFileOf(folder) === lockFileOf(root))
    symlinkSync(packages, join(folder, 'node_modules'));
  else {
    const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline'];
    await runLogged({ ...step, command: 'npm', args, cwd: folder, timeoutMs: installTimeoutMs });
  }
  const args = ['show', '--no-patch', '--format=%h %s', commit];
  return { title: await runLogged({ ...step, command: 'git', args }), folder };
}
