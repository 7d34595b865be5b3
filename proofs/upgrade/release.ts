import { commitOf } from '../../build/git-commit.ts';

/** The tag of the last deployment to production (.github/workflows/deploy.yml). */
const releasedTag = 'released';

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
