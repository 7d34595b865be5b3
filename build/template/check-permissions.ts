import type { Deployment, FunctionSpec, Origin, RoleSpec } from '../deployment.ts';
import { compilePolicy, type Policy } from '../iam/evaluate.ts';
import { pattern } from '../iam/pattern.ts';
import type { InvokePermission, SendPermission } from './read-grants.ts';
import { TemplateError } from './template-error.ts';

/** Permissions on the receiving side, and which services may assume each role, by role ARN. */
export type Grants = {
  invoke: InvokePermission[];
  send: SendPermission[];
  assumedBy: Map<string, string[]>;
};

/**
 * Checks that every trigger has permission to call its target. On AWS a subscription, notification or rule without
 * the permission silently delivers nothing.
 * @throws TemplateError that names the trigger and the missing permission
 */
export function checkPermissions(deployment: Deployment, grants: Grants): void {
  checkInvocations(deployment, grants.invoke);
  checkDeliveries(deployment, grants.send);
  checkFunctionRoles(deployment, grants.assumedBy);
  checkPollers(deployment);
  checkFailureDestinations(deployment);
}

function checkInvocations(deployment: Deployment, permissions: InvokePermission[]): void {
  const functions = new Set(deployment.functions.map(({ arn }) => arn));
  const check = (trigger: Origin, principal: string, sourceArn: string, functionArn: string) => {
    if (!functions.has(functionArn))
      throw new TemplateError(trigger, `calls ${functionArn}, which does not exist`);
    const allowed = permissions.some(
      (permission) =>
        permission.functionArn === functionArn &&
        permission.principal === principal &&
        (permission.sourceArn === undefined || pattern(permission.sourceArn)(sourceArn)),
    );
    if (!allowed)
      throw new TemplateError(
        trigger,
        `no AWS::Lambda::Permission lets ${principal} (${sourceArn}) invoke ${functionArn}`,
      );
  };
  const { region, accountId } = deployment;
  for (const api of deployment.apis) {
    const base = `arn:aws:execute-api:${region}:${accountId}:${api.id}`;
    for (const { integration, httpMethod, path } of api.methods) {
      if (integration.kind !== 'lambda') continue;
      const source = `${base}/${api.stageName}/${httpMethod}${path}`;
      check(api, 'apigateway.amazonaws.com', source, integration.functionArn);
    }
    for (const { logicalId, functionArn } of api.authorizers)
      check(
        { ...api, logicalId },
        'apigateway.amazonaws.com',
        `${base}/authorizers/${logicalId}`,
        functionArn,
      );
  }
  for (const subscription of deployment.subscriptions)
    if (subscription.protocol === 'lambda')
      check(subscription, 'sns.amazonaws.com', subscription.topicArn, subscription.endpointArn);
  for (const bucket of deployment.buckets)
    for (const { functionArn } of bucket.notifications)
      check(bucket, 's3.amazonaws.com', bucket.arn, functionArn);
  for (const schedule of deployment.schedules)
    check(schedule, 'events.amazonaws.com', schedule.ruleArn, schedule.functionArn);
}

function checkDeliveries(deployment: Deployment, permissions: SendPermission[]): void {
  const queues = new Map(deployment.queues.map((queue) => [queue.arn, queue]));
  const topics = new Map(deployment.topics.map((topic) => [topic.arn, topic]));
  const check = (subscription: Origin & { topicArn: string }, queueArn: string) => {
    const queue = queues.get(queueArn);
    if (!queue) throw new TemplateError(subscription, `delivers to ${queueArn}, which does not exist`);
    const allowed = permissions.some(
      ({ queueUrl, queueArns, sourceArns }) =>
        queueUrl === queue.url &&
        queueArns.some((arn) => pattern(arn)(queueArn)) &&
        (sourceArns === undefined || sourceArns.some((arn) => pattern(arn)(subscription.topicArn))),
    );
    if (!allowed)
      throw new TemplateError(
        subscription,
        `no AWS::SQS::QueuePolicy lets ${subscription.topicArn} send to ${queueArn}`,
      );
  };
  for (const subscription of deployment.subscriptions) {
    const topic = topics.get(subscription.topicArn);
    if (!topic)
      throw new TemplateError(subscription, `subscribes to ${subscription.topicArn}, which does not exist`);
    // Amazon SNS, "Message delivery for FIFO topics": queues only; a standard topic cannot deliver to a FIFO queue.
    if (topic.fifo && subscription.protocol === 'lambda')
      throw new TemplateError(subscription, `the FIFO topic ${topic.name} cannot call a function`);
    if (subscription.protocol === 'sqs') {
      check(subscription, subscription.endpointArn);
      if (!topic.fifo && queues.get(subscription.endpointArn)?.fifo)
        throw new TemplateError(
          subscription,
          `the standard topic ${topic.name} cannot deliver to a FIFO queue`,
        );
    }
    const deadLetters = (subscription.redrivePolicy as { deadLetterTargetArn?: string } | undefined)
      ?.deadLetterTargetArn;
    if (deadLetters !== undefined) check(subscription, deadLetters);
  }
}

function checkFunctionRoles(deployment: Deployment, assumedBy: Map<string, string[]>): void {
  for (const each of deployment.functions) {
    if (!assumedBy.get(each.roleArn)?.includes('lambda.amazonaws.com'))
      throw new TemplateError(each, `its role ${each.roleArn} does not exist, or Lambda may not assume it`);
  }
}

/** The function that a resource names, and `need`, which throws unless the function's role allows an action. */
function targetOf({ functions, roles }: Deployment, origin: Origin, functionArn: string) {
  const target = functions.find(({ arn }) => arn === functionArn);
  if (!target) throw new TemplateError(origin, `names ${functionArn}, which does not exist`);
  const role = roles.find(({ arn }) => arn === target.roleArn);
  const policy = policyOf(role, target);
  const need = (action: string, resource: string): void => {
    if (!policy.evaluate(action, resource).allowed)
      throw new TemplateError(origin, `the role of ${target.name} lacks ${action} on ${resource}`);
  };
  return { target, need };
}

function policyOf(role: RoleSpec | undefined, target: FunctionSpec): Policy {
  try {
    return compilePolicy(role?.statements ?? []);
  } catch (error) {
    throw new TemplateError(role ?? target, (error as Error).message);
  }
}

/** What the function's role must allow before Lambda accepts a mapping (Lambda, "Execution role"). */
const pollingActions = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
} as const;

function checkPollers(deployment: Deployment): void {
  const streams = new Set(deployment.tables.map(({ stream }) => stream?.arn));
  for (const mapping of deployment.mappings) {
    const { target, need } = targetOf(deployment, mapping, mapping.functionArn);
    const queue = deployment.queues.find(({ arn }) => arn === mapping.sourceArn);
    if (!queue && !streams.has(mapping.sourceArn))
      throw new TemplateError(mapping, `reads ${mapping.sourceArn}, which does not exist`);
    for (const action of queue ? pollingActions.sqs : pollingActions.dynamodb)
      need(action, mapping.sourceArn);
    const visibilityMs = Number(queue?.attributes['VisibilityTimeout'] ?? 30) * 1000;
    if (queue && visibilityMs < target.timeoutMs)
      throw new TemplateError(
        mapping,
        `${queue.name} hides a message for ${visibilityMs / 1000} s, less than ${target.name} may run ` +
          `(${target.timeoutMs / 1000} s), which Lambda rejects`,
      );
  }
}

/** Lambda rejects a failure destination that the function's role may not send to. */
function checkFailureDestinations(deployment: Deployment): void {
  for (const each of deployment.asyncInvokes) {
    const { need } = targetOf(deployment, each, each.functionArn);
    if (each.onFailureArn === undefined) continue;
    if (!deployment.queues.some(({ arn }) => arn === each.onFailureArn))
      throw new TemplateError(each, `sends failures to ${each.onFailureArn}, which does not exist`);
    need('sqs:SendMessage', each.onFailureArn);
  }
}
