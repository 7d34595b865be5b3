import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { releasableCommit, repositoryReader, requireProtection } from './check-release.ts';

const commit = '6dcb09b5b57875f334f61aebed695e2e4193db5e';
const head = 'f'.repeat(40);

describe('a release', () => {
  let server: Server;
  /** Responses of GitHub's REST API by path, without query. */
  let responses: Record<string, unknown>;
  let asked: string[];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = decodeURIComponent((request.url ?? '').replace('/repos/acme/shop/', ''));
      asked.push(path);
      const found = responses[path.replace(/\?.*/, '')];
      if (found === 500) response.writeHead(500).end();
      else response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked = [];
    responses = {
      'commits/main': { sha: commit },
      'git/ref/heads/main': { object: { sha: head } },
      [`compare/${head}...${commit}`]: { status: 'identical' },
      'actions/workflows/ci.yml/runs': { total_count: 1 },
      'environments/prod': {
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
        protection_rules: [{ type: 'required_reviewers' }, { type: 'branch_policy' }],
      },
      'environments/prod/deployment-branch-policies': { branch_policies: [{ name: 'main', type: 'branch' }] },
    };
  });
  const read = (path: string) =>
    repositoryReader(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      'acme/shop',
      'token',
    )(path);

  test('is a commit of main that ci has passed', async () => {
    await expect(releasableCommit(read, 'main')).resolves.toBe(commit);
    expect(asked.at(-1)).toContain(`head_sha=${commit}&event=push&branch=main&status=success`);
  });

  test('may be older than main', async () => {
    responses[`compare/${head}...${commit}`] = { status: 'behind' };
    await expect(releasableCommit(read, 'main')).resolves.toBe(commit);
  });

  test('is not a commit of another branch', async () => {
    for (const status of ['ahead', 'diverged']) {
      responses[`compare/${head}...${commit}`] = { status };
      await expect(releasableCommit(read, 'main')).rejects.toThrow('is not on main');
    }
  });

  test('is not a commit that ci has not passed', async () => {
    responses['actions/workflows/ci.yml/runs'] = { total_count: 0 };
    await expect(releasableCommit(read, 'main')).rejects.toThrow(`ci has not passed ${commit}`);
  });

  test('is not a ref that does not exist', async () => {
    await expect(releasableCommit(read, 'tags/released')).rejects.toThrow('tags/released does not exist');
  });

  test('is not accepted when GitHub does not respond', async () => {
    responses['actions/workflows/ci.yml/runs'] = 500;
    await expect(releasableCommit(read, 'main')).rejects.toThrow('GitHub responded with 500');
  });

  test('goes to an environment that accepts main only', async () => {
    await expect(requireProtection(read, 'prod')).resolves.toBeUndefined();
  });

  test.each([
    ['every branch', { deployment_branch_policy: null }],
    ['protected branches', { deployment_branch_policy: { custom_branch_policies: false } }],
  ])('does not go to an environment that accepts %s', async (_, environment) => {
    responses['environments/prod'] = environment;
    await expect(requireProtection(read, 'prod')).rejects.toThrow('must accept the branch main only');
  });

  test.each([[{ name: 'release/*', type: 'branch' }], [{ name: 'main', type: 'tag' }]])(
    'does not go to an environment that accepts only %j',
    async (policy) => {
      responses['environments/prod/deployment-branch-policies'] = { branch_policies: [policy] };
      await expect(requireProtection(read, 'prod')).rejects.toThrow('must accept the branch main only');
    },
  );

  test('does not go to an environment that also accepts another branch', async () => {
    const policies = [{ name: 'main' }, { name: 'hotfix' }];
    responses['environments/prod/deployment-branch-policies'] = { branch_policies: policies };
    await expect(requireProtection(read, 'prod')).rejects.toThrow('must accept the branch main only');
  });

  test('does not go to production without a review', async () => {
    responses['environments/prod'] = {
      deployment_branch_policy: { custom_branch_policies: true },
      protection_rules: [{ type: 'branch_policy' }],
    };
    await expect(requireProtection(read, 'prod')).rejects.toThrow('must have required reviewers');
  });

  test('does not go to an environment that does not exist', async () => {
    await expect(requireProtection(read, 'staging')).rejects.toThrow('staging does not exist');
  });
});
