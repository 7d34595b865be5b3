import * as z from 'zod';
import type { IndexSpec, KeyAttribute, TableSpec } from '../deployment.ts';
import {
  cfnBoolean,
  ignored,
  originOf,
  parseProperties,
  present,
  type ResolvedResource,
} from './resource-reader.ts';
import { TemplateError } from './template-error.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const index = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).default('ALL'),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  ...ignored(
    'ContributorInsightsSpecification',
    'OnDemandThroughput',
    'ProvisionedThroughput',
    'ReadOnDemandThroughputSettings',
    'ReadProvisionedThroughputSettings',
    'WarmThroughput',
    'WriteOnDemandThroughputSettings',
    'WriteProvisionedThroughputSettings',
  ),
});
const shape = {
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(index).default([]),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: cfnBoolean }).optional(),
  StreamSpecification: z.strictObject({ StreamViewType: z.string() }).optional(),
};
const properties = z.strictObject(shape);
const replica = z.strictObject({
  Region: z.string(),
  ...ignored(
    'ContributorInsightsSpecification',
    'DeletionProtectionEnabled',
    'GlobalSecondaryIndexes',
    'KinesisStreamSpecification',
    'PointInTimeRecoverySpecification',
    'ReadOnDemandThroughputSettings',
    'ReadProvisionedThroughputSettings',
    'ReplicaStreamSpecification',
    'ResourcePolicy',
    'SSESpecification',
    'TableClass',
    'Tags',
  ),
});
const globalProperties = z.strictObject({ ...shape, Replicas: z.array(replica).min(1) });

/**
 * Reads AWS::DynamoDB::Table, and of AWS::DynamoDB::GlobalTable the replica in the stack's own region.
 * @throws TemplateError for a key without a definition, a definition without a key, or no replica in that region
 */
export function readTable(resource: ResolvedResource): TableSpec {
  const global = resource.type === 'AWS::DynamoDB::GlobalTable';
  const parsed = global ? readGlobal(resource) : parseProperties(properties, resource);
  const types = new Map(parsed.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]));
  const used = new Set<string>();
  const keysOf = (schema: z.output<typeof keySchema>) => {
    const key = (kind: 'HASH' | 'RANGE'): KeyAttribute | undefined => {
      const name = schema.find(({ KeyType }) => KeyType === kind)?.AttributeName;
      if (name === undefined) return undefined;
      const type = types.get(name);
      if (!type) throw new TemplateError(resource, `the key ${name} is missing in AttributeDefinitions`);
      used.add(name);
      return { name, type };
    };
    const partitionKey = key('HASH');
    if (!partitionKey) throw new TemplateError(resource, 'a key schema has no HASH key');
    return present({ partitionKey, sortKey: key('RANGE') });
  };
  const indexOf = ({ IndexName, KeySchema, Projection }: z.output<typeof index>): IndexSpec => ({
    name: IndexName,
    ...keysOf(KeySchema),
    projection: present({ type: Projection.ProjectionType, nonKeyAttributes: Projection.NonKeyAttributes }),
  });
  const { TimeToLiveSpecification: ttl, StreamSpecification: stream } = parsed;
  const table = present({
    ...originOf(resource),
    name: resource.value('ref'),
    arn: resource.value('Arn'),
    ...keysOf(parsed.KeySchema),
    globalIndexes: parsed.GlobalSecondaryIndexes.map(indexOf),
    ttlAttribute: ttl?.Enabled ? ttl.AttributeName : undefined,
    stream: stream && { viewType: stream.StreamViewType, arn: resource.value('StreamArn') },
  });
  const unused = [...types.keys()].filter((name) => !used.has(name));
  if (unused.length > 0)
    throw new TemplateError(resource, `AttributeDefinitions names ${unused.join(', ')}, which no key uses`);
  return table;
}

/** CloudFormation creates a global table from the replica in the stack's region, and rejects one without it. */
function readGlobal(resource: ResolvedResource): z.output<typeof globalProperties> {
  const parsed = parseProperties(globalProperties, resource);
  const region = resource.value('Arn').split(':')[3];
  if (!parsed.Replicas.some(({ Region }) => Region === region))
    throw new TemplateError(
      resource,
      `the global table has no replica in ${region}, the region of its stack`,
    );
  return parsed;
}
