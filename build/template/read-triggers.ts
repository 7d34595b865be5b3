import * as z from 'zod';
import type {
  AsyncInvokeSpec,
  CustomResourceSpec,
  EventSourceMappingSpec,
  FilterPattern,
  Json,
  ScheduleSpec,
} from '../deployment.ts';
import { unqualified } from './read-rest-apis.ts';
import {
  cfnBoolean,
  cfnNumber,
  originOf,
  parseProperties,
  present,
  type ResolvedResource,
} from './resource-reader.ts';
import { TemplateError } from './template-error.ts';

const mappingProperties = z.strictObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: cfnNumber.optional(),
  MaximumBatchingWindowInSeconds: cfnNumber.default(0),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.strictObject({ MaximumConcurrency: cfnNumber.optional() }).optional(),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).optional(),
  Enabled: cfnBoolean.default(true),
  StartingPosition: z.literal('TRIM_HORIZON').optional(),
  MaximumRetryAttempts: cfnNumber.optional(),
});
const destination = z.strictObject({ Destination: z.string() });
const asyncInvokeProperties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: cfnNumber.default(2),
  MaximumEventAgeInSeconds: cfnNumber.default(21_600),
  DestinationConfig: z.strictObject({ OnFailure: destination.optional() }).optional(),
});
const customProperties = z.looseObject({ ServiceToken: z.string(), ServiceTimeout: cfnNumber.default(3600) });
const target = z.strictObject({ Arn: z.string(), Id: z.string(), Input: z.string().optional() });
const ruleProperties = z.strictObject({
  Name: z.string().optional(),
  ScheduleExpression: z.string().regex(/^(cron|rate)\(.+\)$/),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(target).default([]),
});

/** Reads AWS::Lambda::EventSourceMapping; defaults are Lambda's own (10 for queues, 100 for streams). */
export function readMapping(
  resource: ResolvedResource,
  functionArns: Map<string, string>,
): EventSourceMappingSpec {
  const parsed = parseProperties(mappingProperties, resource);
  const stream = parsed.EventSourceArn.split(':')[2] !== 'sqs';
  if (stream && parsed.StartingPosition === undefined)
    throw new TemplateError(resource, 'a stream mapping needs a StartingPosition');
  if (!stream && parsed.FilterCriteria !== undefined)
    throw new TemplateError(resource, 'the local platform filters streams only');
  return present({
    ...originOf(resource),
    functionArn: functionArnOf(parsed.FunctionName, functionArns),
    sourceArn: parsed.EventSourceArn,
    batchSize: parsed.BatchSize ?? (stream ? 100 : 10),
    windowSeconds: parsed.MaximumBatchingWindowInSeconds,
    partialResponses: parsed.FunctionResponseTypes.length > 0,
    maximumConcurrency: parsed.ScalingConfig?.MaximumConcurrency,
    filterPatterns: (parsed.FilterCriteria?.Filters ?? []).map(({ Pattern }) =>
      readPattern(Pattern, resource),
    ),
    enabled: parsed.Enabled,
    maximumRetryAttempts: parsed.MaximumRetryAttempts,
  });
}

/** Reads AWS::Events::Rule: one schedule per function that it calls. */
export function readSchedules(resource: ResolvedResource): ScheduleSpec[] {
  const { ScheduleExpression, State, Targets } = parseProperties(ruleProperties, resource);
  return Targets.map(({ Arn, Input }) => {
    if (Arn.split(':')[2] !== 'lambda')
      throw new TemplateError(resource, `its target ${Arn} is not a function`);
    return present({
      ...originOf(resource),
      ruleName: resource.value('ref'),
      ruleArn: resource.value('Arn'),
      expression: ScheduleExpression,
      enabled: State === 'ENABLED',
      functionArn: unqualified(Arn),
      input: Input,
    });
  });
}

/** Reads AWS::Lambda::EventInvokeConfig; defaults are Lambda's own: two retries within six hours. */
export function readAsyncInvoke(
  resource: ResolvedResource,
  functionArns: Map<string, string>,
): AsyncInvokeSpec {
  const parsed = parseProperties(asyncInvokeProperties, resource);
  return present({
    ...originOf(resource),
    functionArn: functionArnOf(parsed.FunctionName, functionArns),
    maximumRetryAttempts: parsed.MaximumRetryAttempts,
    maximumAgeSeconds: parsed.MaximumEventAgeInSeconds,
    onFailureArn: parsed.DestinationConfig?.OnFailure?.Destination,
  });
}

/** Reads a custom resource, whose ServiceToken is a function. CloudFormation waits for an hour by default. */
export function readCustomResource(resource: ResolvedResource): CustomResourceSpec {
  const { ServiceToken, ServiceTimeout, ...properties } = parseProperties(customProperties, resource);
  return {
    ...originOf(resource),
    type: resource.type,
    functionArn: unqualified(ServiceToken),
    timeoutMs: ServiceTimeout * 1000,
    properties: properties as Record<string, Json>,
    dependsOn: resource.dependsOn,
  };
}

/** Lambda accepts a function's name or its ARN. */
export function functionArnOf(nameOrArn: string, functionArns: Map<string, string>): string {
  return nameOrArn.startsWith('arn:') ? unqualified(nameOrArn) : (functionArns.get(nameOrArn) ?? nameOrArn);
}

/** The operators of EventBridge are not supported. */
const filterPattern: z.ZodType<FilterPattern> = z.lazy(() =>
  z.record(
    z.string(),
    z.union([z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])), filterPattern]),
  ),
);

function readPattern(pattern: string, resource: ResolvedResource): FilterPattern {
  try {
    return filterPattern.parse(JSON.parse(pattern));
  } catch {
    throw new TemplateError(resource, `the filter pattern ${pattern} is not a list of values for each field`);
  }
}
