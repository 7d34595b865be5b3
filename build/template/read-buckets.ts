import * as z from 'zod';
import type { BucketSpec, CorsRule } from '../deployment.ts';
import { unqualified } from './read-rest-apis.ts';
import {
  cfnNumber,
  originOf,
  parseProperties,
  passedOver,
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
  ...passedOver('Id'),
});
const properties = z.strictObject({
  BucketName: z.string().optional(),
  NotificationConfiguration: z
    .strictObject({
      LambdaConfigurations: z.array(lambdaConfiguration).default([]),
      ...passedOver('EventBridgeConfiguration'),
    })
    .optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(corsRule) }).optional(),
  ...passedOver(
    'AccelerateConfiguration',
    'AnalyticsConfigurations',
    'BucketEncryption',
    'IntelligentTieringConfigurations',
    'InventoryConfigurations',
    'LifecycleConfiguration',
    'LoggingConfiguration',
    'MetricsConfigurations',
    'ObjectLockConfiguration',
    'ObjectLockEnabled',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'ReplicationConfiguration',
    'Tags',
    'VersioningConfiguration',
  ),
});

/** Reads AWS::S3::Bucket with its notifications to functions and its CORS rules. */
export function readBucket(resource: ResolvedResource): BucketSpec {
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
