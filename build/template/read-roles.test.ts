import type { Json, TemplateResource } from '../deployment.ts';
import { aFunction, aStack, deployed } from './fixtures/a-stack.ts';

const trust: Json = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const aRole = (properties: Record<string, Json>): TemplateResource => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: 'reader', AssumeRolePolicyDocument: trust, ...properties },
});
const statementsOf = (resources: Record<string, TemplateResource>) =>
  deployed(aStack({ Resources: resources })).roles.find(({ name }) => name === 'reader')?.statements;
const allow = (action: Json, resource: Json, more: Record<string, Json> = {}): Json => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: action, Resource: resource, ...more },
});

describe('a role', () => {
  it('has its inline statements, with single values as lists', () => {
    const condition = {
      StringEquals: { 'dynamodb:LeadingKeys': 'a' },
      Bool: { 'aws:SecureTransport': true },
    };
    const policy = {
      PolicyName: 'own',
      PolicyDocument: allow('dynamodb:GetItem', '*', { Condition: condition }),
    };
    expect(statementsOf({ Role: aRole({ Policies: [policy] }) })).toEqual([
      {
        effect: 'Allow',
        actions: ['dynamodb:GetItem'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'dynamodb:LeadingKeys': ['a'] },
          Bool: { 'aws:SecureTransport': ['true'] },
        },
      },
    ]);
  });
  it('has the statements of policies attached to it', () => {
    const statements = statementsOf({
      Role: aRole({ ManagedPolicyArns: [{ Ref: 'Managed' }] }),
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: allow(['sqs:SendMessage'], ['arn:one']) },
      },
      Attached: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'more',
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: allow(['sns:Publish'], ['arn:two']),
        },
      },
    });
    expect(statements?.map(({ actions }) => actions)).toEqual([['sqs:SendMessage'], ['sns:Publish']]);
  });
  it('knows what the basic execution role of AWS allows', () => {
    const arn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    expect(statementsOf({ Role: aRole({ ManagedPolicyArns: [arn] }) })?.[0]?.actions).toContain(
      'logs:PutLogEvents',
    );
  });
  it('rejects an unknown managed policy', () => {
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect(() => statementsOf({ Role: aRole({ ManagedPolicyArns: [arn] }) })).toThrow(
      `Role: the managed policy ${arn} is not supported`,
    );
  });
  it('rejects a statement that it cannot evaluate', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }],
    };
    const policy = { PolicyName: 'odd', PolicyDocument: document };
    expect(() => statementsOf({ Role: aRole({ Policies: [policy] }) })).toThrow('NotAction is not supported');
  });
  it('must let Lambda assume it when a function has it', () => {
    const resources = aFunction('Reader');
    const role = resources['ReaderRole']!;
    role.Properties!['AssumeRolePolicyDocument'] = JSON.parse(
      JSON.stringify(trust).replace('lambda.amazonaws.com', 'events.amazonaws.com'),
    ) as Json;
    expect(() => deployed(aStack({ Resources: resources }))).toThrow('or Lambda may not assume it');
  });
});
