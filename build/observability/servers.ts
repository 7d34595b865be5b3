import { type AlarmSpec, fiveMinutes, type Metric, minute } from './alarm.ts';
import { logicalIdOf, type Settings } from './watched.ts';

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
export const databaseAlarms = (settings: Settings): AlarmSpec[] =>
  databases.flatMap(({ name, size, replica, condition }) => {
    const spec = (
      what: string,
      problem: string,
      [metric, statistic, periodSeconds]: [metric: string, statistic: string, periodSeconds: number],
      threshold: Pick<AlarmSpec, 'above' | 'below' | 'periods'>,
    ): AlarmSpec => ({
      name: `${name}-${what}`,
      problem: `${problem}.`,
      runbook: 'databases',
      condition,
      metric: {
        namespace: 'AWS/RDS',
        name: metric,
        dimensions: { DBInstanceIdentifier: `${settings.prefix}-${name}` },
        statistic,
        periodSeconds,
      },
      ...threshold,
    });
    const busy = `The CPU of ${name} is over 80 % busy for 15 minutes`;
    const full = `${name} has less than 5 GiB of free storage and cannot grow`;
    const crowded = `${name} has almost as many connections as its limit`;
    const late = `${name} is more than a minute behind its primary`;
    const limit = settings.size[size].connectionsAlarm;
    return [
      spec('cpu', busy, ['CPUUtilization', 'Average', fiveMinutes], { above: 80, periods: 3 }),
      spec('storage', full, ['FreeStorageSpace', 'Minimum', fiveMinutes], {
        below: 5 * gibibyte,
        periods: 2,
      }),
      spec('connections', crowded, ['DatabaseConnections', 'Maximum', minute], { above: limit, periods: 5 }),
      ...(replica ? [spec('lag', late, ['ReplicaLag', 'Maximum', minute], { above: 60, periods: 5 })] : []),
    ];
  });

/** The cache's nodes by name: after a failover, another node than the first accepts writes. */
export const cacheNodes = ({ prefix }: Settings): string[] =>
  ['001', '002', '003'].map((number) => `${prefix}-cache-0001-${number}`);

/** Redis: an overloaded or full cache makes the catalogue slow, never wrong. */
export const cacheAlarms = (settings: Settings): AlarmSpec[] =>
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
    const condition = index === 0 ? 'WatchesClosely' : `WatchesCacheNode${number}`;
    const about = { runbook: 'cache', periods: 3, condition };
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
  });
