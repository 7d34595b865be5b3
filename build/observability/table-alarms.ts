import { type AlarmSpec, alarm, type Resource } from './alarm.ts';
import { logicalIdOf, shortName, type Watched } from './watched.ts';

type Resources = Record<string, Resource>;
const minute = 60;

/** Tables: on-demand tables throttle only beyond their quota or on one hot item. */
export function tableAlarms({ settings, tables }: Watched): Resources {
  return Object.fromEntries(
    tables.flatMap((name) =>
      (['ReadThrottleEvents', 'WriteThrottleEvents'] as const).map((metricName) => {
        const what = metricName === 'ReadThrottleEvents' ? 'read' : 'write';
        const spec: AlarmSpec = {
          name: `${shortName(name, settings.prefix)}-${what}-throttles`,
          problem: `The table ${shortName(name, settings.prefix)} throttles ${what}s.`,
          runbook: 'table-throttles',
          metric: {
            namespace: 'AWS/DynamoDB',
            name: metricName,
            dimensions: { TableName: name },
            statistic: 'Sum',
            periodSeconds: minute,
          },
          above: 10,
          periods: 2,
          of: 5,
        };
        return [logicalIdOf(spec.name), alarm(spec, settings)];
      }),
    ),
  );
}

/** Tables whose copy in the second region is further behind than the recovery point objective (docs/disaster-recovery.md). */
export function copyAlarms({ settings, tables }: Watched): Resources {
  return Object.fromEntries(
    tables.map((name) => {
      const spec: AlarmSpec = {
        name: `${shortName(name, settings.prefix)}-copy-lag`,
        problem: `The copy of the table ${shortName(name, settings.prefix)} is more than five minutes behind, past the RPO.`,
        runbook: 'standby-lag',
        metric: {
          namespace: 'AWS/DynamoDB',
          name: 'ReplicationLatency',
          dimensions: { TableName: name, ReceivingRegion: settings.standbyRegion },
          statistic: 'Maximum',
          periodSeconds: minute,
        },
        above: 5 * minute * 1_000,
        periods: 5,
        standby: true,
      };
      return [logicalIdOf(spec.name), alarm(spec, settings)];
    }),
  );
}
