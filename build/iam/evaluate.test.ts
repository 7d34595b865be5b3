import type { PolicyStatement } from '../deployment.ts';
import { compilePolicy } from './evaluate.ts';

const ordersTable = 'arn:aws:dynamodb:eu-west-1:000000000000:table/orders';
const allow = (
  actions: string[],
  resources: string[],
  conditions?: PolicyStatement['conditions'],
): PolicyStatement => ({
  effect: 'Allow',
  actions,
  resources,
  ...(conditions ? { conditions } : {}),
});
const allowed = (statements: PolicyStatement[], action: string, resource: string, context = {}) =>
  compilePolicy(statements).evaluate(action, resource, context).allowed;

describe('A role', () => {
  test('without statements is denied everything', () => {
    expect(allowed([], 'dynamodb:GetItem', ordersTable)).toBe(false);
  });

  test('is allowed the actions of a statement on its resources only', () => {
    const role = [allow(['dynamodb:GetItem'], [ordersTable])];
    expect(allowed(role, 'dynamodb:GetItem', ordersTable)).toBe(true);
    expect(allowed(role, 'dynamodb:PutItem', ordersTable)).toBe(false);
    expect(allowed(role, 'dynamodb:GetItem', `${ordersTable}-outbox`)).toBe(false);
    expect(allowed(role, 'dynamodb:GetItem', `${ordersTable}/index/by-status`)).toBe(false);
  });

  test('matches actions case-insensitively, and wildcards in actions and resources', () => {
    const role = [allow(['DynamoDB:get*'], [`${ordersTable}/index/*`])];
    expect(allowed(role, 'dynamodb:GetItem', `${ordersTable}/index/by-status`)).toBe(true);
    expect(allowed(role, 'dynamodb:Query', `${ordersTable}/index/by-status`)).toBe(false);
    expect(
      allowed([allow(['s3:GetObject'], ['arn:aws:s3:::b/?.jpg'])], 's3:GetObject', 'arn:aws:s3:::b/1.jpg'),
    ).toBe(true);
    expect(
      allowed([allow(['s3:GetObject'], ['arn:aws:s3:::b/?.jpg'])], 's3:GetObject', 'arn:aws:s3:::b/12.jpg'),
    ).toBe(false);
  });

  test('is denied by an explicit deny, even if another statement allows it', () => {
    const deny: PolicyStatement = { effect: 'Deny', actions: ['dynamodb:*'], resources: ['*'] };
    const decision = compilePolicy([allow(['dynamodb:GetItem'], [ordersTable]), deny]).evaluate(
      'dynamodb:GetItem',
      ordersTable,
    );
    expect(decision).toMatchObject({ allowed: false, explicitDeny: true });
  });

  test('gets the grants that allowed the request', () => {
    const role = [allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [ordersTable, '*'])];
    expect(compilePolicy(role).evaluate('dynamodb:GetItem', ordersTable).grants).toEqual([
      { action: 'dynamodb:GetItem', resource: ordersTable },
      { action: 'dynamodb:GetItem', resource: '*' },
    ]);
  });
});

describe('A condition', () => {
  const secret = allow(['secretsmanager:GetSecretValue'], ['*'], {
    StringEquals: { 'secretsmanager:VersionStage': ['AWSCURRENT'] },
  });

  test('holds for the value it names, and not when the key is absent', () => {
    const stage = (value?: string) => (value ? { 'secretsmanager:versionstage': [value] } : {});
    expect(allowed([secret], 'secretsmanager:GetSecretValue', 'a', stage('AWSCURRENT'))).toBe(true);
    expect(allowed([secret], 'secretsmanager:GetSecretValue', 'a', stage('AWSPREVIOUS'))).toBe(false);
    expect(allowed([secret], 'secretsmanager:GetSecretValue', 'a', stage())).toBe(false);
  });

  test.each([
    ['ForAllValues:StringEquals', ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'c'], false],
    ['ForAllValues:StringEquals', [], true],
    ['ForAnyValue:StringEquals', ['a', 'c'], true],
    ['ForAnyValue:StringEquals', ['c'], false],
    ['ForAnyValue:StringEquals', [], false],
    ['ForAllValues:StringLike', ['aa', 'b'], false],
    ['StringNotEquals', ['c'], true],
    ['StringNotEquals', ['a'], false],
    ['StringNotEquals', [], true],
    ['StringEqualsIfExists', [], true],
    ['ArnLike', ['a'], true],
  ])('%s with %j is %s', (operator, values, expected) => {
    const role = [allow(['dynamodb:Query'], ['*'], { [operator]: { 'dynamodb:LeadingKeys': ['a', 'b'] } })];
    expect(allowed(role, 'dynamodb:Query', 'x', { 'dynamodb:leadingkeys': values })).toBe(expected);
  });

  test('with an unsupported operator stops the start instead of being ignored', () => {
    const role = [allow(['s3:GetObject'], ['*'], { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8'] } })];
    expect(() => compilePolicy(role)).toThrow('IpAddress');
    expect(() => compilePolicy([allow(['s3:GetObject'], [`arn:aws:s3:::b/${'$'}{aws:username}`])])).toThrow(
      'variable',
    );
  });
});
