import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../build/stacks.ts';

type Step = {
  id?: string;
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, string | boolean>;
  env?: Record<string, string>;
  'timeout-minutes'?: number;
};
type Job = {
  needs?: string | string[];
  permissions?: Record<string, string>;
  concurrency?: { group: string };
  environment?: string;
  steps: Step[];
  'timeout-minutes': number;
};
type Workflow = { permissions?: Record<string, string>; concurrency?: unknown; jobs: Record<string, Job> };
const read = (path: string) => parse(readFileSync(join(root, '.github', path), 'utf8'), { merge: true });
const deploy = read('workflows/deploy.yml') as Workflow;
const action = (name: string) => read(`actions/${name}/action.yml`) as { runs: { steps: Step[] } };
const stage = action('stage');
const jobs = Object.entries(deploy.jobs);
const deploying = jobs.filter(([, { environment }]) => environment !== undefined);
const stepsOf = (name: string) => deploy.jobs[name]?.steps ?? [];

describe('the workflow that deploys', () => {
  test('passes all settings of its environment at once, and none by name, which would set missing ones to an empty text', () => {
    expect(deploying.map(([name]) => name)).toEqual(['staging', 'prod']);
    for (const [, { steps }] of deploying) {
      const setups = steps.filter(({ uses }) => uses === './.github/actions/stage');
      expect(setups.map((step) => step.with?.['settings'])).toEqual([
        expect.stringMatching(/toJSON\(vars\)/),
      ]);
      for (const { env = {} } of steps)
        expect(Object.keys(env).filter((name) => /^SHOP_/.test(name))).toEqual([]);
    }
    const last = stage.runs.steps.find(({ run }) => run?.includes('operations/delivery-settings.ts'));
    expect(last?.env).toEqual({
      VARIABLES: expect.stringContaining('inputs.settings'),
      RUNBOOKS: expect.stringMatching(/github\.repository.*\/docs\/runbooks$/),
    });
  });

  test('prints no password', () => {
    const setupSteps = deploying
      .flatMap(([, { steps }]) => steps)
      .filter(({ run }) => run?.includes('run setup'));
    expect(setupSteps).toHaveLength(2);
    for (const { run } of setupSteps) expect(run).toContain('--without-admin');
  });

  test('may write to the repository only in jobs without packages, and hides its token from packages', () => {
    for (const [name, { permissions = {}, steps }] of jobs) {
      const isInstalling = steps.some(({ uses, run }) => uses?.includes('/stage') || run?.includes('npm ci'));
      expect([name, isInstalling && permissions['contents'] === 'write']).toEqual([name, false]);
      if (!isInstalling) continue;
      for (const { uses, with: inputs } of steps)
        if (uses?.startsWith('actions/checkout@')) expect(inputs?.['persist-credentials']).toBe(false);
    }
    expect(deploy.jobs['remember']?.permissions).toEqual({ contents: 'write' });
  });

  test('lets a commit reach staging while another waits for production', () => {
    expect(deploy.concurrency).toBeUndefined();
    const groups = deploying.map(([, { concurrency }]) => concurrency?.group);
    expect(new Set(groups).size).toBe(deploying.length);
    expect(groups).not.toContain(undefined);
  });

  test('rolls back after a failure, a cancellation and a timeout, with enough time left', () => {
    const steps = stepsOf('prod');
    const deployed = steps.findIndex(({ id }) => id === 'deploy');
    const after = steps.slice(deployed + 1).filter((step) => step.if !== undefined);
    expect(after).toHaveLength(3);
    for (const step of after) expect(step.if).toMatch(/^\(failure\(\) \|\| cancelled\(\)\) && /);
    // Without a previous release the failed one would be deployed again.
    expect(after[1]?.if).toContain(`steps.${after[0]?.id}.outcome == 'success'`);
    expect(after[2]?.if).toContain(`steps.${after[1]?.id}.outcome == 'success'`);
    // A step that takes too long fails; a job that takes too long is cancelled, with five minutes to end.
    const minutes = steps.slice(deployed).map((step) => step['timeout-minutes']);
    expect(minutes).not.toContain(undefined);
    const sum = minutes.reduce<number>((total, each) => total + (each ?? 0), 0);
    expect(sum).toBeLessThan(deploy.jobs['prod']?.['timeout-minutes'] ?? 0);
  });

  test('deploys only commits that check-release.ts has accepted, without packages or credentials', () => {
    const verify = deploy.jobs['verify'];
    expect(verify?.permissions).toEqual({ actions: 'read', contents: 'read' });
    expect([verify?.environment, verify?.steps.some(({ run }) => run?.includes('npm '))]).toEqual([
      undefined,
      false,
    ]);
    const [checked] = verify?.steps.filter(({ id }) => id === 'release') ?? [];
    const arguments_ = deploying.map(([name]) => `--environment ${name}`).join(' ');
    expect(checked?.run).toBe(`node operations/check-release.ts --ref "$REF" ${arguments_}`);
    const refs = [...deploying, ['remember', deploy.jobs['remember']] as const].flatMap(([name, job]) => {
      expect([name, [job?.needs].flat()]).toEqual([name, expect.arrayContaining(['verify'])]);
      return (job?.steps ?? []).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    });
    expect(refs.map((step) => String(step.with?.['ref']).replaceAll(/[${} ]/g, ''))).toEqual([
      'needs.verify.outputs.commit',
      'needs.verify.outputs.commit',
      'steps.released.outputs.commit',
      'needs.verify.outputs.commit',
    ]);
    const released = stepsOf('prod').find(({ id }) => id === 'released');
    expect(released?.run).toBe('node operations/check-release.ts --ref tags/released');
  });
});

describe('workflows', () => {
  const files = readdirSync(join(root, '.github', 'workflows'));
  const everyJob = files.flatMap((file) => {
    const { permissions = {}, jobs: own } = read(`workflows/${file}`) as Workflow;
    return Object.entries(own).map(([name, job]) => ({
      name: `${file} ${name}`,
      permissions: job.permissions ?? permissions,
      // What an action of this repository runs is part of its job.
      steps: job.steps.flatMap(stepsWithin),
    }));
  });
  function stepsWithin(step: Step): Step[] {
    const [, own] = /^\.\/\.github\/actions\/(\w+)$/.exec(step.uses ?? '') ?? [];
    return own === undefined ? [step] : action(own).runs.steps.flatMap(stepsWithin);
  }
  const versionsOf = (steps: Step[]) =>
    steps
      .filter(({ uses }) => uses?.startsWith('actions/setup-node@'))
      .map((step) => String(step.with?.['node-version']));

  test('use Node 24 and the pinned npm, except the one that tests the oldest Node', () => {
    const withNode = everyJob.filter(({ steps }) =>
      steps.some(({ run }) => /\bn(ode|pm|px) |\.ci\/run/.test(run ?? '')),
    );
    expect(withNode.length).toBeGreaterThan(5);
    const versions = new Map(withNode.map(({ name, steps }) => [name, versionsOf(steps)]));
    expect(versions.get('ci.yml oldest-node')).toEqual(['20']);
    versions.delete('ci.yml oldest-node');
    for (const [name, found] of versions) expect([name, found]).toEqual([name, ['24']]);
    for (const { name, steps } of withNode) {
      const pinned = steps.some(({ run }) => run?.startsWith('corepack enable npm\n'));
      expect([name, pinned]).toEqual([name, name !== 'ci.yml oldest-node']);
    }
  });

  test('that may request a token of the delivery role run listed install scripts only', () => {
    const trusted = everyJob.filter(({ permissions }) => permissions['id-token'] === 'write');
    expect(trusted.map(({ name }) => name)).toEqual(['deploy.yml staging', 'deploy.yml prod']);
    for (const { name, steps } of trusted) {
      const installs = steps.flatMap(
        ({ run = '' }) => run.match(/\bnpm (ci|install|i|rebuild|exec)\b.*/g) ?? [],
      );
      expect([name, [...new Set(installs)]]).toEqual([name, ['npm ci --strict-allow-scripts']]);
      // Without the option npx downloads a command that is not installed.
      const downloads = steps.filter(({ run = '' }) => /\bnpx (?!--no-install )/.test(run));
      expect([name, downloads]).toEqual([name, []]);
    }
  });
});
