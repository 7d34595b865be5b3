/**
 * Decides what the deploy workflow may deploy, and writes it to GITHUB_OUTPUT as `commit`:
 * `node operations/check-release.ts --ref main --environment prod`. Runs before packages are installed, so it imports none.
 */
import { appendFileSync } from 'node:fs';
import { runCommand, UsageError } from './command.ts';

const help = `node operations/check-release.ts --ref <ref> [--environment <name>]…

Fails unless the ref is a commit of main that the workflow ci has passed, and unless GitHub deploys to each environment
from main only, and to prod only after a review. Prints the commit's id and writes it to GITHUB_OUTPUT.

Reads GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_TOKEN (actions: read, contents: read).`;

const requestTimeoutMs = 20_000;

/** Reads a resource of the repository from GitHub's REST API; undefined when it does not exist. */
type Read = (path: string) => Promise<unknown>;

/**
 * The id of the commit at a ref (a branch, `tags/<name>` or a commit id).
 * @throws Error when it is not on main, or when no run of ci for its push to main succeeded
 */
export async function releasableCommit(read: Read, ref: string): Promise<string> {
  const { sha } = ((await read(`commits/${encodeURIComponent(ref)}`)) ?? {}) as { sha?: string };
  if (sha === undefined) throw new Error(`${ref} does not exist`);
  // The branch by its full name: a tag may have the same short one.
  const main = (await read('git/ref/heads/main')) as { object: { sha: string } } | undefined;
  if (main === undefined) throw new Error('the branch main does not exist');
  // `behind` and `identical`: main contains the commit (GitHub, "Compare two commits").
  const { status } = ((await read(`compare/${main.object.sha}...${sha}`)) ?? {}) as { status?: string };
  if (status !== 'behind' && status !== 'identical') throw new Error(`${sha} (${ref}) is not on main`);
  const runs = (await read(
    `actions/workflows/ci.yml/runs?head_sha=${sha}&event=push&branch=main&status=success&per_page=1`,
  )) as { total_count: number } | undefined;
  if (!runs || runs.total_count === 0) throw new Error(`ci has not passed ${sha} (${ref}) on main`);
  return sha;
}

type Environment = {
  deployment_branch_policy?: { custom_branch_policies: boolean } | null;
  protection_rules?: { type: string }[];
};
type BranchPolicies = { branch_policies: { name: string; type?: string }[] };

/** @throws Error when jobs of another branch could use the environment, or prod needs no review */
export async function requireProtection(read: Read, name: string): Promise<void> {
  const path = `environments/${encodeURIComponent(name)}`;
  const environment = (await read(path)) as Environment | undefined;
  if (environment === undefined) throw new Error(`the environment ${name} does not exist`);
  const { branch_policies: policies } = environment.deployment_branch_policy?.custom_branch_policies
    ? ((await read(`${path}/deployment-branch-policies`)) as BranchPolicies)
    : { branch_policies: [] };
  const isMainOnly = policies.length === 1 && policies[0]?.name === 'main' && policies[0].type !== 'tag';
  if (!isMainOnly) throw new Error(`the environment ${name} must accept the branch main only`);
  const isReviewed = environment.protection_rules?.some(({ type }) => type === 'required_reviewers');
  if (name === 'prod' && !isReviewed) throw new Error('the environment prod must have required reviewers');
}

/** @throws Error for a response other than 200 and 404 */
export function repositoryReader(api: string, repository: string, token: string): Read {
  return async (path) => {
    const response = await fetch(`${api}/repos/${repository}/${path}`, {
      headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`GitHub responded with ${response.status} to ${path}`);
    return response.json();
  };
}

const options = { ref: { type: 'string' }, environment: { type: 'string', multiple: true } } as const;

if (import.meta.main)
  await runCommand(help, options, async ({ ref, environment = [] }) => {
    if (ref === undefined) throw new UsageError('--ref is missing');
    const { GITHUB_API_URL = 'https://api.github.com', GITHUB_REPOSITORY, GITHUB_TOKEN } = process.env;
    if (GITHUB_REPOSITORY === undefined || GITHUB_TOKEN === undefined)
      throw new UsageError('GITHUB_REPOSITORY and GITHUB_TOKEN are missing');
    const read = repositoryReader(GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN);
    for (const name of environment) await requireProtection(read, name);
    const commit = await releasableCommit(read, ref);
    appendFileSync(process.env['GITHUB_OUTPUT'] ?? '/dev/stdout', `commit=${commit}\n`);
    console.log(`${commit} is on main and has passed ci`);
  });
