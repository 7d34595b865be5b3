import { type AlarmSpec, alarm, type Metric, type Resource } from './alarm.ts';
import { logicalIdOf } from './watched.ts';

type Resources = Record<string, Resource>;
const minute = 60;
const fiveMinutes = 5 * minute;
const gibibyte = 2 ** 30;

/** A database's servers: how many of its replicas there are is the stage's size, which conditions read. */
const databases = [
  { name: 'users-db', size: 'usersDb' },
  { name: 'orders-db', size: 'ordersDb' },
].flatMap(({ name, size }) => [
  { name, size, replica: false, condition: 'WatchesClosely' },
  ...[1, 2].map((number) => ({
    name: `${name}-replica-${number}`,
    size,
    replica: true,
    condition: `Watches${logicalIdOf(name)}Replica${number}`,
  })),
]);

/** PostgreSQL: processor, storage and connections of every server, and how far replicas are behind. */
export function databaseAlarms(): Resources {
  return resourcesOf(
    databases.flatMap(({ name, size, replica, condition }) => {
      const metric = (metricName: string, statistic: string, periodSeconds: number): Metric => ({
        namespace: 'AWS/RDS',
        name: metricName,
        dimensions: { DBInstanceIdentifier: `\${self:custom.prefix}-${name}` },
        statistic,
        periodSeconds,
      });
      const about = { runbook: 'databases', condition };
      const specs: AlarmSpec[] = [
        {
          ...about,
          name: `${name}-cpu`,
          says: `The processor of ${name} is over 80 % busy for 15 minutes.`,
          metric: metric('CPUUtilization', 'Average', fiveMinutes),
          above: 80,
          periods: 3,
        },
        {
          ...about,
          name: `${name}-storage`,
          says: `${name} has under 5 GiB of storage left, and could not grow.`,
          metric: metric('FreeStorageSpace', 'Minimum', fiveMinutes),
          below: 5 * gibibyte,
          periods: 2,
        },
        {
          ...about,
          name: `${name}-connections`,
          says: `${name} has nearly as many connections as it takes.`,
          metric: metric('DatabaseConnections', 'Maximum', minute),
          above: `\${self:custom.size.${size}.connectionsAlarm}`,
          periods: 5,
        },
      ];
      if (replica)
        specs.push({
          ...about,
          name: `${name}-lag`,
          says: `${name} is more than a minute behind its primary.`,
          metric: metric('ReplicaLag', 'Maximum', minute),
          above: 60,
          periods: 5,
        });
      return specs;
    }),
  );
}

/** The nodes of the cache by name: after a failover another one than the first takes writes. */
export const cacheNodes = ['001', '002', '003'].map(
  (number) => `\${self:custom.prefix}-cache-0001-${number}`,
);

/** Redis: a cache that thrashes or is full makes the catalogue slow, never wrong. */
export function cacheAlarms(): Resources {
  return resourcesOf(
    cacheNodes.flatMap((node, index) => {
      const number = index + 1;
      const name = index === 0 ? 'cache' : `cache-${number}`;
      const metric = (metricName: string): Metric => ({
        namespace: 'AWS/ElastiCache',
        name: metricName,
        dimensions: { CacheClusterId: node },
        statistic: 'Maximum',
        periodSeconds: fiveMinutes,
      });
      const about = {
        runbook: 'cache',
        periods: 3,
        condition: index === 0 ? 'WatchesClosely' : `WatchesCacheNode${number}`,
      };
      return [
        {
          ...about,
          name: `${name}-memory`,
          says: `Node ${number} of the cache is full and drops what is still in use.`,
          metric: metric('DatabaseMemoryUsagePercentage'),
          above: 90,
        },
        {
          ...about,
          name: `${name}-cpu`,
          says: `The one thread of node ${number} of the cache is busy nearly all the time.`,
          metric: metric('EngineCPUUtilization'),
          above: 80,
        },
      ];
    }),
  );
}

const resourcesOf = (specs: AlarmSpec[]): Resources =>
  Object.fromEntries(specs.map((spec) => [logicalIdOf(spec.name), alarm(spec)]));
