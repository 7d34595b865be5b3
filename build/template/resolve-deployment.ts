import type { CompiledStack, Deployment, Origin } from '../deployment.ts';
import { checkPermissions } from './check-permissions.ts';
import { linkStacks } from './exports.ts';
import { readBuckets } from './read-buckets.ts';
import { readFunction } from './read-functions.ts';
import { readInvokePermission, readSendPermissions } from './read-grants.ts';
import { readQueue, readSubscription, readTopic } from './read-messaging.ts';
import { readRestApis } from './read-rest-apis.ts';
import { readRoles } from './read-roles.ts';
import { readSecret } from './read-secrets.ts';
import { readTable } from './read-tables.ts';
import { readAsyncInvoke, readCustomResource, readMapping, readSchedules } from './read-triggers.ts';
import { type ResolvedResource, resolveResource } from './resource-reader.ts';
import { existsOnAwsOnly, kindOfType } from './resource-types.ts';
import type { StackValues } from './stack-values.ts';
import { TemplateError } from './template-error.ts';

export type ResolveOptions = {
  region: string;
  accountId: string;
  stage: string;
  project: string;
  /** Template parameters by name, in every stack that declares them; they win over `provider.stackParameters`. */
  parameters?: Record<string, string>;
  /** `http://host:port` of the queues, as functions see them. */
  queueUrlBase: string;
};

/**
 * Resolves compiled stacks to the one model that the platform runs, and checks that every trigger has permission to call its
 * target.
 * @throws TemplateError with stack and logical id for anything that the platform does not support or AWS would reject
 */
export function resolveDeployment(stacks: CompiledStack[], options: ResolveOptions): Deployment {
  const { region, accountId, stage, project, parameters = {}, queueUrlBase } = options;
  const { ordered, exports } = linkStacks(stacks, { region, accountId, queueUrlBase }, parameters);
  const cloudOnly: Deployment['cloudOnly'] = [];
  const resources = ordered.flatMap((values) => handledResources(values, cloudOnly));
  const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(type));

  const functions = ofType('AWS::Lambda::Function').map(readFunction);
  const functionArns = new Map(functions.map(({ name, arn }) => [name, arn]));
  const roles = readRoles(ofType('AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'));
  const deployment: Deployment = {
    project,
    stage,
    region,
    accountId,
    functions,
    roles: roles.map(({ role }) => role),
    apis: readRestApis(resources),
    tables: ofType('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table').map(readTable),
    queues: ofType('AWS::SQS::Queue').map(readQueue),
    topics: ofType('AWS::SNS::Topic').map(readTopic),
    subscriptions: ofType('AWS::SNS::Subscription').map(readSubscription),
    buckets: readBuckets(ofType('AWS::S3::Bucket'), ofType('AWS::S3::BucketPolicy')),
    mappings: ofType('AWS::Lambda::EventSourceMapping').map((each) => readMapping(each, functionArns)),
    schedules: ofType('AWS::Events::Rule').flatMap(readSchedules),
    asyncInvokes: ofType('AWS::Lambda::EventInvokeConfig').map((each) => readAsyncInvoke(each, functionArns)),
    customResources: ofType('Custom::ServiceDatabase', 'Custom::SchemaMigration').map(readCustomResource),
    secrets: ofType('AWS::SecretsManager::Secret').map(readSecret),
    exports,
    cloudOnly,
  };
  refuseTwins(deployment);
  checkPermissions(deployment, {
    invoke: ofType('AWS::Lambda::Permission').map((each) => readInvokePermission(each, functionArns)),
    send: ofType('AWS::SQS::QueuePolicy').flatMap(readSendPermissions),
    assumedBy: new Map(roles.map(({ role, assumedBy }) => [role.arn, assumedBy])),
  });
  return deployment;
}

/** osls adds this bucket for function code to every stack; locally the code stays on disk. */
const codeBucketId = 'ServerlessDeploymentBucket';

function handledResources(values: StackValues, cloudOnly: Deployment['cloudOnly']): ResolvedResource[] {
  const active = values.activeResources();
  const ids = new Set(active.map(([logicalId]) => logicalId));
  return active.flatMap(([logicalId, resource]) => {
    const origin = values.origin(logicalId);
    for (const dependency of [resource.DependsOn ?? []].flat())
      if (!ids.has(dependency))
        throw new TemplateError(origin, `depends on ${dependency}, which does not exist`);
    const kind = kindOfType(resource.Type);
    if (kind === 'unknown')
      throw new TemplateError(
        origin,
        `${resource.Type} is neither handled by the local platform nor listed as cloud-only`,
      );
    if (kind === 'cloud-only' || logicalId === codeBucketId) {
      cloudOnly.push({ ...origin, type: resource.Type });
      return [];
    }
    const resolved = resolveResource(values, logicalId, resource);
    if (!existsOnAwsOnly(resource.Type, resolved.properties)) return [resolved];
    cloudOnly.push({ ...origin, type: resource.Type });
    return [];
  });
}

/** Local engines would merge two resources of the same name; on AWS the deployment fails. */
function refuseTwins(deployment: Deployment): void {
  const { functions, roles, tables, queues, topics, buckets, secrets } = deployment;
  const seen = new Map<string, Origin>();
  for (const each of [...functions, ...roles, ...tables, ...queues, ...topics, ...buckets, ...secrets]) {
    const other = seen.get(each.arn);
    if (other)
      throw new TemplateError(each, `${each.arn} is also created by ${other.stack} / ${other.logicalId}`);
    seen.set(each.arn, each);
  }
}
