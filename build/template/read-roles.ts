import * as z from 'zod';
import type { PolicyStatement, RoleSpec } from '../deployment.ts';
import { originOf, parseProperties, present, type ResolvedResource } from './resource-reader.ts';
import { TemplateError } from './template-error.ts';

/** IAM accepts one value or a list. Converted to a list first, because a union would hide errors inside it. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item));
const oneOrMore = listOf(z.string());
const conditionValues = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))])
  .transform((value) => [value].flat().map(String));
const conditions = z.record(z.string(), z.record(z.string(), conditionValues));
const principal = z.union([z.literal('*'), z.record(z.string(), oneOrMore)]);

/** A statement as IAM and resource policies write it. Elements that are not evaluated (NotAction …) are rejected. */
const policyStatement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal.optional(),
  Action: oneOrMore,
  Resource: oneOrMore.optional(),
  Condition: conditions.optional(),
});

/** An inline or resource policy document. */
export const policyDocument = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: listOf(policyStatement),
});

const inlinePolicy = z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument });
const roleProperties = z.strictObject({
  RoleName: z.string().max(64).optional(),
  AssumeRolePolicyDocument: policyDocument,
  Policies: z.array(inlinePolicy).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});
const policyProperties = z.strictObject({
  PolicyName: z.string().optional(),
  ManagedPolicyName: z.string().optional(),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()).default([]),
});

/** Managed policies attached to functions, as AWS documents them (AWS Managed Policy Reference). */
const awsManagedPolicies: Record<string, string[]> = {
  AWSLambdaBasicExecutionRole: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  AWSLambdaVPCAccessExecutionRole: [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  AWSXRayDaemonWriteAccess: [
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ],
};

/** A role, and which AWS services may assume it. */
export type AssumableRole = { role: RoleSpec; assumedBy: string[] };

/**
 * Reads roles with everything attached to them: inline policies, AWS::IAM::Policy, AWS::IAM::ManagedPolicy and the
 * supported AWS managed policies.
 * @throws TemplateError for an unknown managed policy, or a policy for a role that does not exist
 */
export function readRoles(resources: ResolvedResource[]): AssumableRole[] {
  const managed = new Map<string, PolicyStatement[]>();
  const attached: { resource: ResolvedResource; role: string; statements: PolicyStatement[] }[] = [];
  for (const resource of resources) {
    if (resource.type === 'AWS::IAM::Role') continue;
    const { PolicyDocument, Roles } = parseProperties(policyProperties, resource);
    const statements = PolicyDocument.Statement.map((each) => asStatement(each, resource));
    if (resource.type === 'AWS::IAM::ManagedPolicy') managed.set(resource.value('ref'), statements);
    for (const role of Roles) attached.push({ resource, role, statements });
  }
  const roles = resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((resource) => readRole(resource, managed));
  for (const { resource, role: name, statements } of attached) {
    const found = roles.find(({ role }) => role.name === name);
    if (!found) throw new TemplateError(resource, `is for role ${name}, which does not exist`);
    found.role.statements.push(...statements);
  }
  return roles;
}

function readRole(resource: ResolvedResource, managed: Map<string, PolicyStatement[]>): AssumableRole {
  const properties = parseProperties(roleProperties, resource);
  const inline = properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const statements = [
    ...inline.map((statement) => asStatement(statement, resource)),
    ...properties.ManagedPolicyArns.flatMap((arn) => managed.get(arn) ?? awsManaged(arn, resource)),
  ];
  const assumedBy = properties.AssumeRolePolicyDocument.Statement.flatMap(({ Principal }) =>
    typeof Principal === 'object' ? (Principal['Service'] ?? []) : [],
  );
  const role = {
    ...originOf(resource),
    name: resource.value('ref'),
    arn: resource.value('Arn'),
    statements,
  };
  return { role, assumedBy };
}

function asStatement(
  statement: z.output<typeof policyStatement>,
  resource: ResolvedResource,
): PolicyStatement {
  const { Sid, Effect, Action, Resource, Condition } = statement;
  if (!Resource)
    throw new TemplateError(resource, `the statement for ${Action.join(', ')} names no resource`);
  return present({ sid: Sid, effect: Effect, actions: Action, resources: Resource, conditions: Condition });
}

function awsManaged(arn: string, resource: ResolvedResource): PolicyStatement[] {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const actions = arn.startsWith('arn:aws:iam::aws:policy/') ? awsManagedPolicies[name] : undefined;
  if (!actions)
    throw new TemplateError(resource, `the managed policy ${arn} is not supported by the local platform`);
  return [{ sid: name, effect: 'Allow', actions, resources: ['*'] }];
}
