import { type AlarmSpec, alarm, type Metric, type Resource } from './alarm.ts';
import { logicalIdOf, type Settings } from './watched.ts';

type Resources = Record<string, Resource>;
const minute = 60;
const fiveMinutes = 5 * minute;
const gibibyte = 2 ** 30;

/** Every possible server of each database; conditions select the replicas that the stage has. */
const databases = (
  [
    { name: 'users-db', size: 'usersDb' },
    { name: 'orders-db', size: 'ordersDb' },
  ] as const
).flatMap(({ name, size }) => [
  { name, size, replica: false, condition: 'WatchesClosely' },
  ...[1, 2].map((number) => ({
    name: `${name}-replica-${number}`,
    size,
    replica: true,
    condition: `Watches${logicalIdOf(name)}Replica${number}`,
  })),
]);

/** PostgreSQL: CPU, storage and connections of every server, and the replicas' lag. */
export function databaseAlarms(settings: Settings): Resources {
  return resourcesOf(
    settings,
    databases.flatMap(({ name, size, replica, condition }) => {
      const metric = (metricName: string, statistic: string, periodSeconds: number): Metric => ({
        namespace: 'AWS/RDS',
        name: metricName,
        dimensions: { DBInstanceIdentifier: `${settings.prefix}-${name}` },
        statistic,
        periodSeconds,
      });
      const about = { runbook: 'databases', condition };
      const specs: AlarmSpec[] = [
        {
          ...about,
          name: `${name}-cpu`,
          problem: `The CPU of ${name} is over 80 % busy for 15 minutes.`,
          metric: metric('CPUUtilization', 'Average', fiveMinutes),
          above: 80,
          periods: 3,
        },
        {
          ...about,
          name: `${name}-storage`,
          problem: `${name} has less than 5 GiB of free storage and cannot grow.`,
          metric: metric('FreeStorageSpace', 'Minimum', fiveMinutes),
          below: 5 * gibibyte,
          periods: 2,
        },
        {
          ...about,
          name: `${name}-connections`,
          problem: `${name} has almost as many connections as its limit.`,
          metric: metric('DatabaseConnections', 'Maximum', minute),
          above: settings.size[size].connectionsAlarm,
          periods: 5,
        },
      ];
      if (replica)
        specs.push({
          ...about,
          name: `${name}-lag`,
          problem: `${name} is more than a minute behind its primary.`,
          metric: metric('ReplicaLag', 'Maximum', minute),
          above: 60,
          periods: 5,
        });
      return specs;
    }),
  );
}

/** The cache's nodes by name: after a failover, another node than the first accepts writes. */
export const cacheNodes = ({ prefix }: Settings): string[] =>
  ['001', '002', '003'].map((number) => `${prefix}-cache-0001-${number}`);

/** Redis: an overloaded or full cache makes the catalogue slow, never wrong. */
export function cacheAlarms(settings: Settings): Resources {
  return resourcesOf(
    settings,
    cacheNodes(settings).flatMap((node, index) => {
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
          problem: `Node ${number} of the cache is full and evicts entries that are in use.`,
          metric: metric('DatabaseMemoryUsagePercentage'),
          above: 90,
        },
        {
          ...about,
          name: `${name}-cpu`,
          problem: `The single thread of cache node ${number} is almost always busy.`,
          metric: metric('EngineCPUUtilization'),
          above: 80,
        },
      ];
    }),
  );
}

const resourcesOf = (settings: Settings, specs: AlarmSpec[]): Resources =>
  Object.fromEntries(specs.map((spec) => [logicalIdOf(spec.name), alarm(spec, settings)]));
