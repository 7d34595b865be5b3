import { type AlarmSpec, alarm, allOf, type Resource } from './alarm.ts';
import { anyStage, logicalIdOf, type Watched } from './watched.ts';

type Resources = Record<string, Resource>;
const minute = 60;
const fiveMinutes = 5 * minute;

/** A name without project and stage. */
const short = (name: string): string => name.replace(/^shop-dev-/, '').replace(/\.fifo$/, '');
const isDeadLetters = (name: string): boolean => /dead-letters|async-failures/.test(name);

/**
 * Queues: a dead letter is an event that had no effect, so one is enough. The oldest message of a working queue is
 * seconds old; ten minutes say that its reader is down or too slow.
 */
export function queueAlarms({ queues }: Watched): Resources {
  return Object.fromEntries(
    queues.map(({ name }) => {
      const dimensions = { QueueName: anyStage(name) };
      const spec: AlarmSpec = isDeadLetters(name)
        ? {
            name: short(name),
            says: 'An event was given up after its tries and had no effect yet.',
            runbook: name.includes('async-failures') ? 'async-failures' : 'dead-letters',
            metric: {
              namespace: 'AWS/SQS',
              name: 'ApproximateNumberOfMessagesVisible',
              dimensions,
              statistic: 'Maximum',
              periodSeconds: minute,
            },
            above: 0,
            periods: 1,
            essential: true,
          }
        : {
            name: `${short(name)}-age`,
            says: 'Messages wait for more than ten minutes.',
            runbook: 'queue-age',
            metric: {
              namespace: 'AWS/SQS',
              name: 'ApproximateAgeOfOldestMessage',
              dimensions,
              statistic: 'Maximum',
              periodSeconds: minute,
            },
            above: 600,
            periods: 3,
            essential: true,
          };
      return [logicalIdOf(spec.name, 'alarm'), alarm(spec)];
    }),
  );
}

/**
 * Functions: throttles of every one, errors of those whose errors are no answers (an event is tried again, so a few
 * are no alarm), and the age of what a stream's reader has not read (a record lives 24 hours).
 */
export function functionAlarms({ functions }: Watched): Resources {
  const resources: Resources = {};
  for (const { service, key, name, http, stream } of functions) {
    const dimensions = { FunctionName: anyStage(name) };
    const base = `${service}-${key}`;
    const metric = (metricName: string, statistic: string) => ({
      namespace: 'AWS/Lambda',
      name: metricName,
      dimensions,
      statistic,
      periodSeconds: fiveMinutes,
    });
    resources[logicalIdOf(base, 'throttles')] = alarm({
      name: `${base}-throttles`,
      says: `${name.replace('-dev-', '-…-')} is called more often at once than it may be.`,
      runbook: 'throttles',
      metric: metric('Throttles', 'Sum'),
      above: 5,
      periods: 2,
    });
    if (!http)
      resources[logicalIdOf(base, 'errors')] = alarm({
        name: `${base}-errors`,
        says: `${name.replace('-dev-', '-…-')} fails again and again.`,
        runbook: 'function-errors',
        metric: metric('Errors', 'Sum'),
        above: 3,
        periods: 2,
        of: 3,
      });
    if (stream)
      resources[logicalIdOf(base, 'iterator', 'age')] = alarm({
        name: `${base}-iterator-age`,
        says: 'Records of a table’s stream wait for more than ten minutes.',
        runbook: 'stream-age',
        metric: { ...metric('IteratorAge', 'Maximum'), periodSeconds: minute },
        above: 600_000,
        periods: 3,
        essential: true,
      });
  }
  return resources;
}

/**
 * Of 1,000 answers one may be an error of ours (99.9 %). A month's allowance is gone in two days at 14.4 times that
 * rate and in five at 6 times; each is asked over a long window, so that it matters, and over a short one, so that
 * it is still going on (Google, "The Site Reliability Workbook", chapter 5).
 */
const allowance = 0.001;
const burns = [
  { speed: 'fast', factor: 14.4, windows: [3_600, 300] },
  { speed: 'slow', factor: 6, windows: [21_600, 1_800] },
] as const;
/** The API's own promise at the stated load (docs/performance.md). */
const slowMs = 1_000;

/** APIs: how fast the allowance of errors burns, and whether answers are slow. */
export function apiAlarms({ apis }: Watched): Resources {
  const resources: Resources = {};
  for (const { name } of apis) {
    const [, service = ''] = /^shop-([a-z]+)-/.exec(name) ?? /-([a-z]+)$/.exec(name) ?? [];
    const dimensions = { ApiName: anyStage(name), Stage: '${self:provider.stage}' };
    for (const { speed, factor, windows } of burns) {
      const parts = windows.map((periodSeconds) => {
        const part = `${service}-errors-${speed}-${periodSeconds / minute}-minutes`;
        const id = logicalIdOf(part);
        resources[id] = alarm({
          name: part,
          says: `Part of ${service}-errors-${speed}.`,
          runbook: 'api-errors',
          metric: {
            namespace: 'AWS/ApiGateway',
            name: '5XXError',
            dimensions,
            statistic: 'Average',
            periodSeconds,
          },
          above: Math.round(factor * allowance * 1e6) / 1e6,
          periods: 1,
          silent: true,
        });
        return id;
      });
      resources[logicalIdOf(service, 'errors', speed)] = allOf(
        {
          name: `${service}-errors-${speed}`,
          says: `The ${service} API fails ${factor} times as often as the 99.9 % objective allows.`,
          runbook: 'api-errors',
        },
        parts,
      );
    }
    resources[logicalIdOf(service, 'latency')] = alarm({
      name: `${service}-latency`,
      says: `One of a hundred answers of the ${service} API takes longer than ${slowMs} ms.`,
      runbook: 'api-latency',
      metric: {
        namespace: 'AWS/ApiGateway',
        name: 'Latency',
        dimensions,
        statistic: 'p99',
        periodSeconds: fiveMinutes,
      },
      above: slowMs,
      periods: 3,
    });
  }
  return resources;
}

/** Tables: on demand, they throttle only beyond their quota or on one hot item. */
export function tableAlarms({ tables }: Watched): Resources {
  return Object.fromEntries(
    tables.flatMap((name) =>
      (['ReadThrottleEvents', 'WriteThrottleEvents'] as const).map((metricName) => {
        const what = metricName === 'ReadThrottleEvents' ? 'read' : 'write';
        const spec: AlarmSpec = {
          name: `${short(name)}-${what}-throttles`,
          says: `The table ${short(name)} refuses to ${what}.`,
          runbook: 'table-throttles',
          metric: {
            namespace: 'AWS/DynamoDB',
            name: metricName,
            dimensions: { TableName: anyStage(name) },
            statistic: 'Sum',
            periodSeconds: minute,
          },
          above: 10,
          periods: 2,
          of: 5,
        };
        return [logicalIdOf(spec.name), alarm(spec)];
      }),
    ),
  );
}

/** Tables whose copy in the second region is further behind than a lost region may cost (docs/disaster-recovery.md). */
export function copyAlarms({ tables }: Watched): Resources {
  return Object.fromEntries(
    tables.map((name) => {
      const spec: AlarmSpec = {
        name: `${short(name)}-copy-lag`,
        says: `The copy of the table ${short(name)} is more than five minutes behind, past the RPO.`,
        runbook: 'standby-lag',
        metric: {
          namespace: 'AWS/DynamoDB',
          name: 'ReplicationLatency',
          dimensions: { TableName: anyStage(name), ReceivingRegion: '${self:custom.standbyRegion}' },
          statistic: 'Maximum',
          periodSeconds: minute,
        },
        above: 5 * minute * 1_000,
        periods: 5,
        standby: true,
      };
      return [logicalIdOf(spec.name), alarm(spec)];
    }),
  );
}

/** Services with an outbox: an event that nobody hears of for five minutes, though every minute a sweep looks. */
export function outboxAlarms({ functions }: Watched): Resources {
  const sweeps = functions.filter(({ key }) => key === 'relay-outbox' || key === 'sweep-outbox');
  return Object.fromEntries(
    [...new Set(sweeps.map(({ service }) => service))].map((service) => [
      logicalIdOf(service, 'outbox', 'lag'),
      alarm({
        name: `${service}-outbox-lag`,
        says: `Events of ${service} are not published for more than five minutes.`,
        runbook: 'outbox-lag',
        metric: {
          namespace: '${self:custom.prefix}',
          name: 'OutboxLag',
          dimensions: { service: `\${self:custom.project}-${service}` },
          statistic: 'Maximum',
          periodSeconds: minute,
        },
        above: 300,
        periods: 2,
        of: 3,
        essential: true,
      }),
    ]),
  );
}
