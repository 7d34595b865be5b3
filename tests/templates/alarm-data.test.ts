import type { Json } from '../../build/deployment.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { at, compileTimeoutMs, nameOf, ofType, type Resource, type Stage, stageOf, stages } from './stage.ts';

/**
 * An alarm on a metric that nothing publishes is always OK. Each metric belongs to a resource that the stage has, with
 * the settings under which AWS, or a function's wrapper (tests/service-edges/error-metrics.test.ts), publishes it.
 */
type Metric = { namespace: string; name: string; dimensions: Record<string, string>; region: string };
type Publishes = (stage: Stage, metric: Metric) => boolean;

const optional = ({ resources }: Stage, type: string): Resource[] =>
  resources.filter((each) => each.type === type);
const has =
  (type: string, property: string, dimension: string): Publishes =>
  (stage, { dimensions, region }) =>
    optional(stage, type).some(
      (each) =>
        each.region === region &&
        [each.properties[property], each.value('ref')].includes(dimensions[dimension]),
    );
const functionOf = (stage: Stage, { dimensions }: Metric) =>
  optional(stage, 'AWS::Lambda::Function').find(
    ({ properties }) => properties['FunctionName'] === dimensions['FunctionName'],
  );
const variable = (fn: Resource, name: string) => at(fn, 'Environment', 'Variables', name);

/** "The ExecutedVersion dimension … only for an alias that points to two versions" (Lambda, "Viewing metrics"). */
const isShifted = (stage: Stage, name: string | undefined): boolean =>
  optional(stage, 'AWS::CodeDeploy::DeploymentGroup').some(
    ({ properties }) =>
      properties['DeploymentGroupName'] === name &&
      properties['DeploymentConfigName'] !== 'CodeDeployDefault.LambdaAllAtOnce',
  );
const ofFunction: Publishes = (stage, metric) =>
  functionOf(stage, metric) !== undefined &&
  (metric.dimensions['ExecutedVersion'] === undefined || isShifted(stage, metric.dimensions['FunctionName']));

/** DynamoDB publishes the lag of a global table for each other region that has a copy. */
const hasCopy: Publishes = (stage, { dimensions }) =>
  optional(stage, 'AWS::DynamoDB::GlobalTable').some(
    ({ properties, region }) =>
      properties['TableName'] === dimensions['TableName'] &&
      region !== dimensions['ReceivingRegion'] &&
      (properties['Replicas'] as { Region: string }[]).some(
        ({ Region }) => Region === dimensions['ReceivingRegion'],
      ),
  );
type Rule = { Id: string; Destination: { Bucket: string; Metrics?: { Status: string } } };
/** S3 publishes the lag of rules with metrics on (S3, "Using S3 Replication metrics"). */
const replicates: Publishes = (stage, { dimensions }) =>
  optional(stage, 'AWS::S3::Bucket').some(
    (bucket) =>
      bucket.value('ref') === dimensions['SourceBucket'] &&
      ((at(bucket, 'ReplicationConfiguration', 'Rules') ?? []) as unknown as Rule[]).some(
        ({ Id, Destination }) =>
          Id === dimensions['RuleId'] &&
          Destination.Bucket.endsWith(`:${dimensions['DestinationBucket']}`) &&
          Destination.Metrics?.Status === 'Enabled',
      ),
  );
const isCacheNode: Publishes = (stage, { dimensions }) =>
  optional(stage, 'AWS::ElastiCache::ReplicationGroup').some(({ properties }) =>
    Array.from(
      { length: Number(properties['ReplicasPerNodeGroup'] ?? 0) + 1 },
      (_, index) => `${properties['ReplicationGroupId']}-0001-00${index + 1}`,
    ).includes(String(dimensions['CacheClusterId'])),
  );
/** The wrappers publish under the namespace and service of the function's environment. */
const ofWrapper: Publishes = (stage, metric) => {
  const fn = functionOf(stage, metric);
  return (
    fn !== undefined &&
    ofFunction(stage, metric) &&
    variable(fn, 'POWERTOOLS_METRICS_NAMESPACE') === metric.namespace &&
    variable(fn, 'POWERTOOLS_SERVICE_NAME') === metric.dimensions['service']
  );
};
const ofService: Publishes = (stage, { namespace, dimensions }) =>
  optional(stage, 'AWS::Lambda::Function').some(
    (fn) =>
      variable(fn, 'POWERTOOLS_METRICS_NAMESPACE') === namespace &&
      variable(fn, 'POWERTOOLS_SERVICE_NAME') === dimensions['service'] &&
      /(relay|sweep)-outbox$/.test(String(fn.properties['FunctionName'])),
  );

const queue = has('AWS::SQS::Queue', 'QueueName', 'QueueName');
const table = has('AWS::DynamoDB::GlobalTable', 'TableName', 'TableName');
const database = has('AWS::RDS::DBInstance', 'DBInstanceIdentifier', 'DBInstanceIdentifier');
const vault = has('AWS::Backup::BackupVault', 'BackupVaultName', 'BackupVaultName');
const api = has('AWS::ApiGateway::RestApi', 'Name', 'ApiName');
const publishers: Record<string, Publishes> = {
  'AWS/SQS ApproximateNumberOfMessagesVisible': queue,
  'AWS/SQS ApproximateAgeOfOldestMessage': queue,
  'AWS/Lambda Throttles': ofFunction,
  'AWS/Lambda Errors': ofFunction,
  'AWS/Lambda IteratorAge': ofFunction,
  'AWS/ApiGateway 5XXError': api,
  'AWS/ApiGateway Latency': api,
  'AWS/DynamoDB ReadThrottleEvents': table,
  'AWS/DynamoDB WriteThrottleEvents': table,
  'AWS/DynamoDB ReplicationLatency': hasCopy,
  'AWS/S3 ReplicationLatency': replicates,
  'AWS/RDS CPUUtilization': database,
  'AWS/RDS FreeStorageSpace': database,
  'AWS/RDS DatabaseConnections': database,
  'AWS/RDS ReplicaLag': database,
  'AWS/ElastiCache DatabaseMemoryUsagePercentage': isCacheNode,
  'AWS/ElastiCache EngineCPUUtilization': isCacheNode,
  'AWS/Backup NumberOfBackupJobsFailed': vault,
  'AWS/Backup NumberOfBackupJobsExpired': vault,
  'AWS/Backup NumberOfCopyJobsFailed': vault,
  'shop UnexpectedErrors': ofWrapper,
  'shop ThrownErrors': ofWrapper,
  'shop OutboxLag': ofService,
};

type Written = { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] };
function metricsOf({ properties, region }: Resource): Metric[] {
  const parts = (properties['Metrics'] ?? []) as unknown as { MetricStat?: { Metric: Written } }[];
  const written = properties['Metrics']
    ? parts.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
    : [properties as unknown as Written];
  return written.map(({ Namespace, MetricName, Dimensions }) => ({
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value as Json as string])),
    region,
  }));
}
const rowOf = ({ namespace, name }: Metric, stage: Stage) =>
  `${namespace === `shop-${stage.name}` ? 'shop' : namespace} ${name}`;

const used = new Set<string>();
test.each(stages)(
  'every metric of an alarm of %s is published',
  async (name) => {
    const stage = await stageOf(name);
    const silent = ofType(stage, 'AWS::CloudWatch::Alarm').flatMap((alarm) =>
      nonEmpty(metricsOf(alarm), nameOf(alarm)).flatMap((metric) => {
        used.add(rowOf(metric, stage));
        return publishers[rowOf(metric, stage)]?.(stage, metric)
          ? []
          : [`${nameOf(alarm)}: ${rowOf(metric, stage)} ${Object.values(metric.dimensions).join(' ')}`];
      }),
    );
    expect(silent).toEqual([]);
  },
  compileTimeoutMs,
);

afterAll(() => {
  const unused = Object.keys(publishers).filter((row) => !used.has(row));
  if (used.size > 0 && unused.length > 0) throw new Error(`No alarm has the metric ${unused.join(', ')}`);
});
