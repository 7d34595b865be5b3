import type { Deployment, FunctionSpec, RoleSpec } from '../../build/deployment.ts';
import { differencesOf, rolesThatGrantTheProbe, type SelfReport } from './self-report.ts';

const secretArn = (suffix: string) =>
  `arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop/dev/db-${suffix}`;

const spec: FunctionSpec = {
  stack: 'shop-users-dev',
  logicalId: 'LoginLambdaFunction',
  name: 'shop-users-dev-login',
  arn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-users-dev-login',
  directory: 'services/users',
  handler: 'src/handlers/login.handler',
  environment: { STAGE: 'dev', DATABASE_SECRET_ID: secretArn('aB3dE6') },
  timeoutMs: 10_000,
  memoryMb: 512,
  roleArn: 'arn:aws:iam::000000000000:role/login-role',
  runtime: 'nodejs24.x',
};

const report = (changes: Partial<SelfReport> = {}): SelfReport => ({
  name: spec.name,
  arn: spec.arn,
  memoryMb: 512,
  remainingMs: 9_990,
  environment: { ...spec.environment, AWS_REGION: 'eu-west-1' },
  identityArn: 'arn:aws:sts::000000000000:assumed-role/login-role/shop-users-dev-login',
  notGranted: 'AccessDeniedException',
  ...changes,
});

describe('a function’s report of itself', () => {
  test('equal to the template has no difference', () => {
    expect(differencesOf(spec, report())).toEqual([]);
  });

  test('may name a secret with another random suffix', () => {
    const environment = { STAGE: 'dev', DATABASE_SECRET_ID: secretArn('ZZZZZZ') };
    expect(differencesOf(spec, report({ environment }))).toEqual([]);
  });

  test.each<[string, Partial<SelfReport>, RegExp]>([
    ['another memory', { memoryMb: 128 }, /memory is 128/],
    ['another identity', { identityArn: 'arn:aws:iam::000000000000:root' }, /identity is arn:aws:iam/],
    ['a call that should be denied', { notGranted: 'allowed' }, /not granted is allowed/],
    ['more time than the template sets', { remainingMs: 30_000 }, /30000 ms remain/],
    [
      'a missing variable',
      { environment: { DATABASE_SECRET_ID: secretArn('aB3dE6') } },
      /STAGE is \(not set\)/,
    ],
    [
      'a foreign variable',
      { environment: { ...spec.environment, HOST_SECRET: 'x' } },
      /HOST_SECRET, which the/,
    ],
  ])('reports %s', (_, changes, sentence) => {
    expect(differencesOf(spec, report(changes))).toEqual([expect.stringMatching(sentence)]);
  });
});

test('a role grants the probe’s call only with rights on every table', () => {
  const role = (name: string, resource: string): RoleSpec => ({
    ...{ stack: spec.stack, logicalId: name, name, arn: `arn:aws:iam::000000000000:role/${name}` },
    statements: [{ effect: 'Allow', actions: ['dynamodb:*'], resources: [resource] }],
  });
  const roles = [
    role('wide', '*'),
    role('narrow', 'arn:aws:dynamodb:eu-west-1:000000000000:table/shop-dev-x'),
  ];
  const deployment = { roles, region: 'eu-west-1', accountId: '000000000000' } as Deployment;
  expect(rolesThatGrantTheProbe(deployment)).toEqual(['wide']);
});
