import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../build/run.ts';
import { nodeFirst, run as runToEnd } from '../deploy/processes.ts';

/** A commit laid out in a folder of its own, ready for the README's commands. */
export type Release = { commit: string; title: string; folder: string };

/** What a deployment to production leaves behind it (.github/workflows/deploy.yml). */
const releasedTag = 'released';
const gitTimeoutMs = 60_000;
const installTimeoutMs = 300_000;

/** A commit's id, or undefined when nothing in the repository has that name. */
async function commitOf(root: string, name: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
  const { status, stdout } = await run('git', args, { cwd: root, timeoutMs: gitTimeoutMs });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * The commits to deploy one over the other. The former is `from`, else what production runs by the tag `released`, else
 * the commit before; the tag is passed over where it is on the current commit already.
 * @throws Error for a name that is no commit, and for a clone that ends at the current one
 */
export async function chooseCommits(
  root: string,
  from: string | undefined,
): Promise<{ former: string; current: string }> {
  const current = await commitOf(root, 'HEAD');
  if (current === undefined) throw new Error('Releases are commits: this folder is no repository.');
  if (from !== undefined) {
    const former = await commitOf(root, from);
    if (former === undefined) throw new Error(`${from} is no commit of this repository.`);
    return { former, current };
  }
  const released = await commitOf(root, `refs/tags/${releasedTag}`);
  const former = released === current ? undefined : released;
  const before = former ?? (await commitOf(root, 'HEAD~1'));
  if (before === undefined)
    throw new Error('There is no commit before this one here: fetch more history, or name one with --from.');
  return { former: before, current };
}

/**
 * Lays a commit out in `folder`, without what is not committed. Its packages are the working tree's where both lock
 * files say the same, else npm's by its own lock file.
 */
export async function layOut(root: string, commit: string, folder: string): Promise<Release> {
  mkdirSync(folder, { recursive: true });
  const archive = `${folder}.tar`;
  const environment = { PATH: nodeFirst(root), HOME: process.env['HOME'] ?? folder };
  const step = { cwd: root, env: environment, logFile: `${folder}.log`, timeoutMs: gitTimeoutMs };
  await runToEnd({ ...step, command: 'git', args: ['archive', '--output', archive, commit] });
  await runToEnd({ ...step, command: 'tar', args: ['-xf', archive, '-C', folder] });
  const lockOf = (place: string) => readFileSync(join(place, 'package-lock.json'), 'utf8');
  const packages = join(root, 'node_modules');
  if (existsSync(packages) && lockOf(folder) === lockOf(root))
    symlinkSync(packages, join(folder, 'node_modules'));
  else {
    const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline'];
    await runToEnd({ ...step, command: 'npm', args, cwd: folder, timeoutMs: installTimeoutMs });
  }
  const { stdout } = await run('git', ['show', '--no-patch', '--format=%h %s', commit], {
    cwd: root,
    timeoutMs: gitTimeoutMs,
  });
  return { commit, title: stdout.trim(), folder };
}
