import * as z from 'zod';
import type { Origin } from '../deployment.ts';
import { policyDocument } from './read-roles.ts';
import { functionArnOf } from './read-triggers.ts';
import { originOf, parseProperties, present, type ResolvedResource } from './resource-reader.ts';

/** Who may invoke a function: AWS::Lambda::Permission. `sourceArn` may contain wildcards. */
export type InvokePermission = Origin & {
  functionArn: string;
  principal: string;
  sourceArn?: string;
};

/** Which topics a queue's policy allows to send to it; every topic if it names none. */
export type SendPermission = Origin & { queueUrl: string; queueArns: string[]; sourceArns?: string[] };

const permissionProperties = z.strictObject({
  Action: z.enum(['lambda:InvokeFunction', 'lambda:*']),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
});
const queuePolicyProperties = z.strictObject({ Queues: z.array(z.string()), PolicyDocument: policyDocument });

/** Reads AWS::Lambda::Permission. */
export function readInvokePermission(
  resource: ResolvedResource,
  functionArns: Map<string, string>,
): InvokePermission {
  const parsed = parseProperties(permissionProperties, resource);
  return present({
    ...originOf(resource),
    functionArn: functionArnOf(parsed.FunctionName, functionArns),
    principal: parsed.Principal,
    sourceArn: parsed.SourceArn,
  });
}

const sendActions = new Set(['sqs:sendmessage', 'sqs:*', '*']);

/** Reads what AWS::SQS::QueuePolicy allows Amazon SNS to send. */
export function readSendPermissions(resource: ResolvedResource): SendPermission[] {
  const { Queues, PolicyDocument } = parseProperties(queuePolicyProperties, resource);
  const allowing = PolicyDocument.Statement.filter(
    ({ Effect, Action, Principal }) =>
      Effect === 'Allow' &&
      Action.some((action) => sendActions.has(action.toLowerCase())) &&
      (Principal === '*' ||
        Principal?.['Service']?.includes('sns.amazonaws.com') ||
        Principal?.['AWS']?.includes('*')),
  );
  return Queues.flatMap((queueUrl) =>
    allowing.map(({ Resource, Condition }) => {
      const tests = ['ArnEquals', 'ArnLike', 'StringEquals', 'StringLike'].map((test) => Condition?.[test]);
      const sources = tests.flatMap((test) =>
        Object.entries(test ?? {}).flatMap(([key, value]) =>
          key.toLowerCase() === 'aws:sourcearn' ? value : [],
        ),
      );
      return present({
        ...originOf(resource),
        queueUrl,
        queueArns: Resource ?? ['*'],
        sourceArns: sources.length > 0 ? sources : undefined,
      });
    }),
  );
}
