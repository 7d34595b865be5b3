import type { CompiledStack, Json } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import { resolveResource } from '../../build/template/resource-reader.ts';
import type { StackValues } from '../../build/template/stack-values.ts';
import { cacheHours, databaseHours, databaseVcpus, hoursPerMonth, prices } from './prices.ts';

/** The monthly cost of one kind of resource without use. */
export type FixedCost = { what: string; count: number; usd: number };

type Properties = Record<string, Json>;
type Priced = { what: string; usd: number };
const number = (value: Json | undefined, otherwise = 0): number => Number(value ?? otherwise);
const listed = (value: Json | undefined): number => (Array.isArray(value) ? value.length : 1);

/** @throws Error for a size without a price, so that none counts as free */
function priceOf(table: Record<string, number>, size: Json | undefined): number {
  const usd = table[String(size)];
  if (usd === undefined)
    throw new Error(`operations/estimate-cost/prices.ts has no price for ${String(size)}`);
  return usd;
}

/** GB of a database; a replica has as many as its source. */
type StorageOf = (database: Properties) => number;

const pricing: Record<string, (properties: Properties, storageOf: StorageOf) => Priced> = {
  'AWS::RDS::DBInstance': (database, storageOf) => {
    const instances = String(database['MultiAZ']) === 'true' ? 2 : 1;
    const size = database['DBInstanceClass'];
    const hours = priceOf(databaseHours, size) * hoursPerMonth;
    return {
      what: `PostgreSQL ${String(size)}${instances === 2 ? ', Multi-AZ' : ''}`,
      usd: instances * (hours + storageOf(database) * prices.databaseStorage.usd),
    };
  },
  'AWS::ElastiCache::ReplicationGroup': (group) => {
    const nodes = number(group['NumNodeGroups'], 1) * (1 + number(group['ReplicasPerNodeGroup']));
    const size = group['CacheNodeType'];
    return {
      what: `Redis ${String(size)}, ${nodes} node${nodes === 1 ? '' : 's'}`,
      usd: nodes * priceOf(cacheHours, size) * hoursPerMonth,
    };
  },
  'AWS::EC2::NatGateway': () => ({ what: 'NAT gateway', usd: prices.natGateway.usd * hoursPerMonth }),
  'AWS::EC2::EIP': () => ({ what: 'public address', usd: prices.publicAddress.usd * hoursPerMonth }),
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType, SubnetIds }) =>
    VpcEndpointType === 'Interface'
      ? {
          what: 'interface endpoint',
          usd: prices.interfaceEndpoint.usd * hoursPerMonth * listed(SubnetIds),
        }
      : { what: 'gateway endpoint', usd: 0 },
  'AWS::KMS::Key': () => ({ what: 'encryption key', usd: prices.kmsKey.usd }),
  'AWS::KMS::ReplicaKey': () => ({ what: 'encryption key', usd: prices.kmsKey.usd }),
  'AWS::SecretsManager::Secret': () => ({ what: 'secret', usd: prices.secret.usd }),
  'AWS::CloudWatch::Alarm': () => ({ what: 'alarm', usd: prices.alarm.usd }),
  'AWS::CloudWatch::CompositeAlarm': () => ({ what: 'composite alarm', usd: prices.compositeAlarm.usd }),
  'AWS::CloudWatch::Dashboard': () => ({ what: 'dashboard', usd: prices.dashboard.usd }),
  'AWS::WAFv2::WebACL': ({ Rules }) => ({
    what: 'web firewall',
    usd: prices.webAcl.usd + listed(Rules) * prices.webAclRule.usd,
  }),
  'AWS::Route53::HostedZone': () => ({ what: 'DNS zone', usd: prices.hostedZone.usd }),
  'AWS::Route53::HealthCheck': ({ HealthCheckConfig }) => {
    const { Type } = (HealthCheckConfig ?? {}) as { Type?: string };
    const features = Type === 'HTTPS' ? 1 : 0;
    return { what: 'health check', usd: prices.healthCheck.usd + features * prices.healthCheckFeature.usd };
  },
};

/** Lambda polls an empty queue with five long polls of 20 s at all times (Lambda, "Using Lambda with Amazon SQS"). */
const idlePollsPerMonth = (5 * hoursPerMonth * 3600) / 20;

const warmInstance = (memoryMb: number): Priced => ({
  what: `warm instance of a function (${memoryMb} MB)`,
  usd: (memoryMb / 1024) * hoursPerMonth * 3600 * prices.lambdaProvisionedArmSeconds.usd,
});

/** @throws Error for an alias of a function that is not in its stack */
function memoryOf(values: StackValues, functionName: string): number {
  const found = values
    .activeResources()
    .find(
      ([id, { Type }]) =>
        Type === 'AWS::Lambda::Function' && values.attribute(id, 'ref', id) === functionName,
    );
  if (!found)
    throw new Error(`${values.stack.name} has an alias of ${functionName}, which it does not contain`);
  return number(found[1].Properties?.['MemorySize'] as Json | undefined, 128);
}

/** The costs of a stage's resources without use, by kind, most expensive first. */
export function fixedCosts(
  stacks: CompiledStack[],
  place: { region: string; accountId: string },
): FixedCost[] {
  const { ordered } = linkStacks(stacks, { ...place, queueUrlBase: 'https://sqs' }, {});
  const sums = new Map<string, FixedCost>();
  const add = ({ what, usd }: Priced) => {
    const sum = sums.get(what) ?? { what, count: 0, usd: 0 };
    sums.set(what, { what, count: sum.count + 1, usd: sum.usd + usd });
  };
  const sizes: string[] = [];
  const storage = new Map<string, number>();
  const storageOf: StorageOf = ({ AllocatedStorage, SourceDBInstanceIdentifier }) =>
    SourceDBInstanceIdentifier === undefined
      ? number(AllocatedStorage)
      : // Ref of its stack, or an ARN that ends in its name.
        (storage.get(String(SourceDBInstanceIdentifier).split(':').at(-1) ?? '') ?? 0);
  for (const values of ordered)
    for (const [logicalId, resource] of values.activeResources()) {
      const priced = pricing[resource.Type];
      const properties: Properties =
        priced || /^AWS::(Lambda|RDS)::/.test(resource.Type)
          ? resolveResource(values, logicalId, resource).properties
          : {};
      if (resource.Type === 'AWS::RDS::DBInstance')
        for (const name of [
          properties['DBInstanceIdentifier'],
          values.attribute(logicalId, 'ref', logicalId),
        ])
          storage.set(String(name), storageOf(properties));
      if (priced) add(priced(properties, storageOf));
      if (resource.Type === 'AWS::RDS::DBInstance' && properties['SourceDBInstanceIdentifier'] === undefined)
        sizes.push(String(properties['DBInstanceClass']));
      // Queues only: Lambda's reads of a DynamoDB stream are free.
      if (
        resource.Type === 'AWS::Lambda::EventSourceMapping' &&
        String(properties['EventSourceArn']).includes(':sqs:')
      )
        add({ what: 'polling an idle queue', usd: (idlePollsPerMonth / 1e6) * prices.sqsRequests.usd });
      const { ProvisionedConcurrencyConfig: provisioned } = properties as {
        ProvisionedConcurrencyConfig?: { ProvisionedConcurrentExecutions?: number };
      };
      if (provisioned)
        for (let instance = 0; instance < number(provisioned.ProvisionedConcurrentExecutions); instance++)
          add(warmInstance(memoryOf(values, String(properties['FunctionName']))));
      if (resource.Type === 'AWS::RDS::DBProxy') add({ what: 'database proxy', usd: 0 });
    }
  const proxies = sums.get('database proxy');
  // A proxy is charged by its database; the shop has one per primary.
  if (proxies)
    proxies.usd = sizes.reduce(
      (sum, size) => sum + Math.max(2, priceOf(databaseVcpus, size)) * prices.proxyVcpu.usd * hoursPerMonth,
      0,
    );
  return [...sums.values()].filter(({ usd }) => usd > 0).toSorted((one, other) => other.usd - one.usd);
}
