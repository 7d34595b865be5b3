import * as z from 'zod';
import type { BucketSpec, CorsRule } from '../deployment.ts';
import { unqualified } from './read-rest-apis.ts';
import { policyDocument } from './read-roles.ts';
import {
  cfnNumber,
  ignored,
  originOf,
  parseProperties,
  present,
  type ResolvedResource,
} from './resource-reader.ts';

const filterRule = z.strictObject({
  Name: z.string().transform((name) => name.toLowerCase()),
  Value: z.string(),
});
const lambdaConfiguration = z.strictObject({
  Event: z.string(),
  Function: z.string(),
  Filter: z.strictObject({ S3Key: z.strictObject({ Rules: z.array(filterRule) }) }).optional(),
});
const corsRule = z.strictObject({
  AllowedOrigins: z.array(z.string()),
  AllowedMethods: z.array(z.string()),
  AllowedHeaders: z.array(z.string()).default([]),
  ExposedHeaders: z.array(z.string()).default([]),
  MaxAge: cfnNumber.optional(),
  ...ignored('Id'),
});
const properties = z.strictObject({
  BucketName: z.string().optional(),
  NotificationConfiguration: z
    .strictObject({
      LambdaConfigurations: z.array(lambdaConfiguration).default([]),
      ...ignored('EventBridgeConfiguration'),
    })
    .optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(corsRule) }).optional(),
});

const policyProperties = z.strictObject({ Bucket: z.string(), PolicyDocument: policyDocument });

/** Reads AWS::S3::Bucket with its notifications to functions, its CORS rules and what CloudFront may serve from it. */
export function readBuckets(buckets: ResolvedResource[], policies: ResolvedResource[]): BucketSpec[] {
  const publicObjects = policies.flatMap(publicObjectsOf);
  return buckets.map(readBucket).map((bucket) => ({
    ...bucket,
    publicObjects: publicObjects
      .filter((each) => each.bucket === bucket.name)
      .flatMap(({ objects }) => objects),
  }));
}

/** The objects that a bucket's policy lets CloudFront read, as ARNs with wildcards. */
function publicObjectsOf(policy: ResolvedResource): { bucket: string; objects: string[] }[] {
  const { Bucket, PolicyDocument } = parseProperties(policyProperties, policy);
  return PolicyDocument.Statement.filter(
    ({ Effect, Action, Principal }) =>
      Effect === 'Allow' &&
      Action.includes('s3:GetObject') &&
      Principal !== '*' &&
      Principal?.['Service']?.includes('cloudfront.amazonaws.com'),
  ).map(({ Resource }) => ({ bucket: Bucket, objects: Resource ?? [] }));
}

function readBucket(resource: ResolvedResource): Omit<BucketSpec, 'publicObjects'> {
  const parsed = parseProperties(properties, resource);
  const notifications = parsed.NotificationConfiguration?.LambdaConfigurations ?? [];
  return {
    ...originOf(resource),
    name: resource.value('ref'),
    arn: resource.value('Arn'),
    notifications: notifications.map(({ Event, Function: target, Filter }) => {
      const rule = (name: string) => Filter?.S3Key.Rules.find((each) => each.Name === name)?.Value;
      const functionArn = unqualified(target);
      return present({ event: Event, functionArn, prefix: rule('prefix'), suffix: rule('suffix') });
    }),
    cors: (parsed.CorsConfiguration?.CorsRules ?? []).map(readCorsRule),
  };
}

function readCorsRule(rule: z.output<typeof corsRule>): CorsRule {
  return present({
    origins: rule.AllowedOrigins,
    methods: rule.AllowedMethods,
    headers: rule.AllowedHeaders,
    exposed: rule.ExposedHeaders,
    maxAge: rule.MaxAge,
  });
}
