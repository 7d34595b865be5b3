import type { CompiledStack, Json } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import { type ResolvedResource, resolveResource } from '../../build/template/resource-reader.ts';
import { cacheHours, databaseSizes, hoursPerMonth, prices } from './prices.ts';
import { estimates } from './variable.ts';

/** The monthly cost of one kind of resource without use. */
export type FixedCost = { what: string; count: number; usd: number };

type Properties = Record<string, Json>;
type Priced = { what: string; usd: number };
const number = (value: Json | undefined, otherwise = 0): number => Number(value ?? otherwise);
const listed = (value: Json | undefined): number => (Array.isArray(value) ? value.length : 1);

/** @throws Error for a size without a price, so that none counts as free */
function priceOf<T>(table: Record<string, T>, size: Json | undefined): T {
  const price = table[String(size)];
  if (price === undefined)
    throw new Error(`operations/estimate-cost/prices.ts has no price for ${String(size)}`);
  return price;
}

const flat =
  (what: string, usd: number): (() => Priced[]) =>
  () => [{ what, usd }];

/** The costs of a resource by type; `all` are the priced resources of the stage, and its functions. */
const pricing: Record<string, (properties: Properties, all: readonly ResolvedResource[]) => Priced[]> = {
  'AWS::RDS::DBInstance': (database, all) => {
    const instances = String(database['MultiAZ']) === 'true' ? 2 : 1;
    const size = database['DBInstanceClass'];
    const hours = priceOf(databaseSizes, size).hour * hoursPerMonth;
    const isPublic = String(database['PubliclyAccessible']) === 'true';
    return [
      ...(isPublic ? [{ what: 'public address', usd: prices.publicAddress * hoursPerMonth }] : []),
      {
        what: `PostgreSQL ${String(size)}${instances === 2 ? ', Multi-AZ' : ''}`,
        usd: instances * (hours + storageOf(database, all) * prices.databaseStorage),
      },
    ];
  },
  // A proxy is charged by its database; the shop has one per primary.
  'AWS::RDS::DBProxy': (_proxy, all) => {
    const primaries = databasesIn(all).filter(
      ({ SourceDBInstanceIdentifier: source }) => source === undefined,
    );
    const vcpus = primaries.map((each) => Math.max(2, priceOf(databaseSizes, each['DBInstanceClass']).vcpus));
    const proxies = all.filter(({ type }) => type === 'AWS::RDS::DBProxy').length;
    const total = vcpus.reduce((sum, count) => sum + count, 0) * prices.proxyVcpu * hoursPerMonth;
    return [{ what: 'database proxy', usd: total / proxies }];
  },
  'AWS::ElastiCache::ReplicationGroup': (group) => {
    const nodes = number(group['NumNodeGroups'], 1) * (1 + number(group['ReplicasPerNodeGroup']));
    const size = group['CacheNodeType'];
    const what = `Redis ${String(size)}, ${nodes} node${nodes === 1 ? '' : 's'}`;
    return [{ what, usd: nodes * priceOf(cacheHours, size) * hoursPerMonth }];
  },
  'AWS::EC2::NatGateway': flat('NAT gateway', prices.natGateway * hoursPerMonth),
  'AWS::EC2::EIP': flat('public address', prices.publicAddress * hoursPerMonth),
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType, SubnetIds }) => {
    const usd = prices.interfaceEndpoint * hoursPerMonth * listed(SubnetIds);
    return VpcEndpointType === 'Interface' ? [{ what: 'interface endpoint', usd }] : [];
  },
  'AWS::KMS::Key': flat('encryption key', prices.kmsKey),
  'AWS::KMS::ReplicaKey': flat('encryption key', prices.kmsKey),
  'AWS::SecretsManager::Secret': flat('secret', prices.secret),
  'AWS::SNS::Topic': ({ KmsMasterKeyId }) =>
    KmsMasterKeyId === undefined ? [] : [encryptionRequests('a topic', keyRequests.topic)],
  'AWS::DynamoDB::GlobalTable': ({ SSESpecification }) =>
    SSESpecification === undefined ? [] : [encryptionRequests('a table', keyRequests.table)],
  'AWS::Events::Rule': ({ ScheduleExpression }) => [
    {
      what: 'schedule',
      usd: invocationsPerMonth(String(ScheduleExpression ?? '')) * perInvocation(0.25),
    },
  ],
  // Charged by the metrics it evaluates.
  'AWS::CloudWatch::Alarm': ({ Metrics }) => [
    { what: 'alarm', usd: prices.alarm * (Array.isArray(Metrics) ? Metrics.filter(readsMetric).length : 1) },
  ],
  'AWS::CloudWatch::CompositeAlarm': flat('composite alarm', prices.compositeAlarm),
  'AWS::CloudWatch::Dashboard': flat('dashboard', prices.dashboard),
  'AWS::WAFv2::WebACL': ({ Rules }) => [
    { what: 'web firewall', usd: prices.webAcl + listed(Rules) * prices.webAclRule },
  ],
  'AWS::Route53::HostedZone': flat('DNS zone', prices.hostedZone),
  'AWS::Route53::HealthCheck': ({ HealthCheckConfig }) => {
    const { Type, Regions, RequestInterval } = HealthCheckConfig as Properties;
    const features = Type === 'HTTPS' ? 1 : 0;
    const locations = checkersPerRegion * (Array.isArray(Regions) ? Regions.length : checkerRegions);
    const requests = features * locations * (secondsPerMonth / number(RequestInterval, 30));
    const perRequest = (prices.apiRequests + prices.wafRequests) / 1e6 + perInvocation(1);
    return [
      {
        what: 'health check with its requests',
        usd: prices.healthCheck + features * prices.healthCheckFeature + requests * perRequest,
      },
    ];
  },
  // Queues only: Lambda's reads of a DynamoDB stream are free.
  'AWS::Lambda::EventSourceMapping': ({ EventSourceArn }) =>
    String(EventSourceArn).includes(':sqs:')
      ? [
          { what: 'polling an idle queue', usd: (idlePollsPerMonth / 1e6) * prices.sqsRequests },
          encryptionRequests('a queue', keyRequests.queue),
        ]
      : [],
  'AWS::Lambda::Alias': ({ ProvisionedConcurrencyConfig, FunctionName }, all) => {
    const { ProvisionedConcurrentExecutions: instances = 0 } = (ProvisionedConcurrencyConfig ??
      {}) as Properties;
    return Array.from({ length: number(instances) }, () => {
      const memoryMb = memoryOf(String(FunctionName), all);
      const usd = (memoryMb / 1024) * secondsPerMonth * prices.lambdaProvisionedArmSeconds;
      return { what: `warm instance of a function (${memoryMb} MB)`, usd };
    });
  },
  'AWS::Lambda::Function': () => [],
};

const secondsPerMonth = hoursPerMonth * 3600;
/** Lambda polls an empty queue with five long polls of 20 s at all times (Lambda, "Using Lambda with Amazon SQS"). */
const idlePollsPerMonth = (5 * secondsPerMonth) / 20;
/** Regions with Route 53's health checkers (API Reference, HealthCheckConfig), and checkers in each (estimate). */
const checkerRegions = 8;
const checkersPerRegion = 2;

/**
 * KMS requests in five minutes of constant use; data keys are reused for so long. A topic costs two per publisher (a
 * function and its sweep), a queue two for SNS and one for Lambda (SNS and SQS, "Key management: estimating costs"), a
 * table one per caller (DynamoDB, "How Amazon DynamoDB uses AWS KMS"). The numbers of callers are estimates.
 */
const keyRequests = { topic: 4, queue: 3, table: 3 };
const encryptionRequests = (of: string, requests: number): Priced => ({
  what: `KMS requests of ${of} in constant use`,
  usd: ((requests * secondsPerMonth) / 300 / 1e4) * prices.kmsRequests,
});

/** A short invocation with 1 KB of logs (estimates). */
const perInvocation = (memoryGb: number): number =>
  prices.lambdaRequests / 1e6 +
  estimates.invocationSeconds * memoryGb * prices.lambdaArmSeconds +
  (1_000 / 1e9) * prices.logIngest;

/** A rule without a schedule reacts to events and costs nothing by itself. */
function invocationsPerMonth(schedule: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)/.exec(schedule) ?? [];
  const seconds = { minute: 60, hour: 3600, day: 86_400 }[unit];
  if (seconds !== undefined) return secondsPerMonth / (Number(count) * seconds);
  // The shop's cron expressions run once a day.
  return schedule.startsWith('cron(') ? secondsPerMonth / 86_400 : 0;
}

const readsMetric = (metric: Json): boolean => (metric as Properties)['MetricStat'] !== undefined;

const databasesIn = (all: readonly ResolvedResource[]): Properties[] =>
  all.flatMap(({ type, properties }) => (type === 'AWS::RDS::DBInstance' ? [properties] : []));

/** GB of a database; a replica has as many as its source, which it names by Ref, or by an ARN that ends in its name. */
function storageOf(
  { AllocatedStorage, SourceDBInstanceIdentifier: source }: Properties,
  all: readonly ResolvedResource[],
): number {
  if (source === undefined) return number(AllocatedStorage);
  const name = String(source).split(':').at(-1);
  const found = all.find(
    ({ type, properties, value }) =>
      type === 'AWS::RDS::DBInstance' &&
      [properties['DBInstanceIdentifier'], value('ref')].includes(name ?? ''),
  );
  return found ? storageOf(found.properties, all) : 0;
}

/** @throws Error for an alias of a function that does not exist */
function memoryOf(functionName: string, all: readonly ResolvedResource[]): number {
  const found = all.find(
    ({ type, value }) => type === 'AWS::Lambda::Function' && value('ref') === functionName,
  );
  if (!found) throw new Error(`an alias is of ${functionName}, which no stack contains`);
  return number(found.properties['MemorySize'], 128);
}

/** The costs of a stage's resources without use, by kind, most expensive first. */
export function fixedCosts(
  stacks: CompiledStack[],
  place: { region: string; accountId: string },
): FixedCost[] {
  const { ordered } = linkStacks(stacks, { ...place, queueUrlBase: 'https://sqs' }, {});
  const all = ordered.flatMap((values) =>
    values
      .activeResources()
      .filter(([, { Type }]) => pricing[Type] !== undefined)
      .map(([logicalId, resource]) => resolveResource(values, logicalId, resource)),
  );
  const sums = new Map<string, FixedCost>();
  for (const { what, usd } of all.flatMap(({ type, properties }) => pricing[type]?.(properties, all) ?? [])) {
    const { count = 0, usd: sum = 0 } = sums.get(what) ?? {};
    sums.set(what, { what, count: count + 1, usd: sum + usd });
  }
  return [...sums.values()].filter(({ usd }) => usd > 0).toSorted((one, other) => other.usd - one.usd);
}
