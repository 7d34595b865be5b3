import { readFileSync } from 'node:fs';
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
  permissions?: Record<string, string>;
  concurrency?: { group: string };
  environment?: string;
  steps: Step[];
  'timeout-minutes': number;
};
const read = (path: string) => parse(readFileSync(join(root, '.github', path), 'utf8'), { merge: true });
const deploy = read('workflows/deploy.yml') as { concurrency?: unknown; jobs: Record<string, Job> };
const stage = read('actions/stage/action.yml') as { runs: { steps: Step[] } };
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
    expect(after).toHaveLength(2);
    for (const step of after) expect(step.if).toMatch(/^\(failure\(\) \|\| cancelled\(\)\) && /);
    // Without a previous release the failed one would be deployed again.
    expect(after[1]?.if).toContain(`steps.${after[0]?.id}.outcome == 'success'`);
    // A step that takes too long fails; a job that takes too long is cancelled, with five minutes to end.
    const minutes = steps.slice(deployed).map((step) => step['timeout-minutes']);
    expect(minutes).not.toContain(undefined);
    const sum = minutes.reduce<number>((total, each) => total + (each ?? 0), 0);
    expect(sum).toBeLessThan(deploy.jobs['prod']?.['timeout-minutes'] ?? 0);
  });
});
