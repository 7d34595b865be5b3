import { type AlarmSpec, alarm, allOf, type Resource } from './alarm.ts';
import { logicalIdOf, type Settings, shortName, type Watched, type WatchedFunction } from './watched.ts';

type Resources = Record<string, Resource>;
const minute = 60;
const fiveMinutes = 5 * minute;

const isDeadLetters = (name: string): boolean => /dead-letters|async-failures/.test(name);

/**
 * Queues: one dead letter is enough, since it is an event that had no effect. A message older than ten minutes means
 * that the queue's consumer is down or too slow.
 */
export function queueAlarms({ settings, queues }: Watched): Resources {
  return Object.fromEntries(
    queues.map(({ name }) => {
      const dimensions = { QueueName: name };
      const spec: AlarmSpec = isDeadLetters(name)
        ? {
            name: shortName(name, settings.prefix),
            problem: 'An event failed all its attempts and had no effect yet.',
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
            name: `${shortName(name, settings.prefix)}-age`,
            problem: 'Messages wait for more than ten minutes.',
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
      return [logicalIdOf(spec.name, 'alarm'), alarm(spec, settings)];
    }),
  );
}

/**
 * Functions: throttles of every function; unexpected errors and crashes of those without a route (events are retried, so a
 * few raise no alarm); and the age of unread stream records (a stream keeps a record for 24 hours).
 */
export function functionAlarms({ settings, functions }: Watched): Resources {
  const resources: Resources = {};
  for (const each of functions) {
    const { service, key, name, http, stream } = each;
    const dimensions = { FunctionName: name };
    const base = `${service}-${key}`;
    const metric = (metricName: string, statistic: string) => ({
      namespace: 'AWS/Lambda',
      name: metricName,
      dimensions,
      statistic,
      periodSeconds: fiveMinutes,
    });
    resources[logicalIdOf(base, 'throttles')] = alarm(
      {
        name: `${base}-throttles`,
        problem: `${name.replace(`-${settings.stage}-`, '-…-')} exceeds its concurrency limit.`,
        runbook: 'throttles',
        metric: metric('Throttles', 'Sum'),
        above: 5,
        periods: 2,
      },
      settings,
    );
    if (!http)
      for (const spec of failureSpecs(each, settings))
        resources[logicalIdOf(spec.name)] = alarm(spec, settings);
    if (stream)
      resources[logicalIdOf(base, 'iterator', 'age')] = alarm(
        {
          name: `${base}-iterator-age`,
          problem: 'Records of a table’s stream wait for more than ten minutes.',
          runbook: 'stream-age',
          metric: { ...metric('IteratorAge', 'Maximum'), periodSeconds: minute },
          above: 600_000,
          periods: 3,
          essential: true,
        },
        settings,
      );
  }
  return resources;
}

/**
 * Failures without a route: unexpected errors, which the function's wrapper counts (shared/lambda/error-metrics.ts), and
 * crashes and timeouts, which only Lambda sees. Errors thrown on purpose, to be retried, are neither.
 */
function failureSpecs(
  { service, key, name, reportsRecords }: WatchedFunction,
  settings: Settings,
): AlarmSpec[] {
  const common = { runbook: 'function-errors', above: 3, periods: 2, of: 3 };
  const sum = { statistic: 'Sum', periodSeconds: fiveMinutes };
  const ofWrapper = (metricName: string) => ({
    namespace: settings.prefix,
    name: metricName,
    dimensions: { service: `${settings.project}-${service}`, FunctionName: name },
    ...sum,
  });
  const shown = name.replace(`-${settings.stage}-`, '-…-');
  return [
    {
      ...common,
      name: `${service}-${key}-errors`,
      problem: `${shown} has unexpected errors repeatedly.`,
      metric: ofWrapper('UnexpectedErrors'),
    },
    {
      ...common,
      name: `${service}-${key}-crashes`,
      problem: `${shown} crashes or times out repeatedly.`,
      metric: { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: name }, ...sum },
      ...(reportsRecords ? {} : { less: ofWrapper('ThrownErrors') }),
    },
  ];
}

/**
 * The objective of 99.9 % allows one server error per 1,000 responses. 14.4 times that rate uses up a month's error
 * budget in two days, 6 times in five. Each rate is checked over a long window (significant) and a short one (still
 * going on): Google, "The Site Reliability Workbook", chapter 5.
 */
const errorBudget = 0.001;
const burns = [
  { speed: 'fast', factor: 14.4, windows: [3_600, 300] },
  { speed: 'slow', factor: 6, windows: [21_600, 1_800] },
] as const;
/** The API's objective at the stated load (docs/performance.md). */
const slowMs = 1_000;

/** APIs: how fast they use up the error budget, and slow responses. */
export function apiAlarms({ settings, apis }: Watched): Resources {
  const resources: Resources = {};
  for (const { name } of apis) {
    const [, service = ''] = /^shop-([a-z]+)-/.exec(name) ?? /-([a-z]+)$/.exec(name) ?? [];
    const dimensions = { ApiName: name, Stage: settings.stage };
    for (const { speed, factor, windows } of burns) {
      const parts = windows.map((periodSeconds) => {
        const part = `${service}-errors-${speed}-${periodSeconds / minute}-minutes`;
        const id = logicalIdOf(part);
        resources[id] = alarm(
          {
            name: part,
            problem: `Part of ${service}-errors-${speed}.`,
            runbook: 'api-errors',
            metric: {
              namespace: 'AWS/ApiGateway',
              name: '5XXError',
              dimensions,
              statistic: 'Average',
              periodSeconds,
            },
            above: Math.round(factor * errorBudget * 1e6) / 1e6,
            periods: 1,
            silent: true,
          },
          settings,
        );
        return id;
      });
      resources[logicalIdOf(service, 'errors', speed)] = allOf(
        {
          name: `${service}-errors-${speed}`,
          problem: `The ${service} API fails ${factor} times as often as the 99.9 % objective allows.`,
          runbook: 'api-errors',
        },
        parts,
        settings,
      );
    }
    resources[logicalIdOf(service, 'latency')] = alarm(
      {
        name: `${service}-latency`,
        problem: `One in a hundred responses of the ${service} API takes longer than ${slowMs} ms.`,
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
      },
      settings,
    );
  }
  return resources;
}

/** Services with an outbox: an event that is unpublished for five minutes, although a sweep runs every minute. */
export function outboxAlarms({ settings, functions }: Watched): Resources {
  const sweeps = functions.filter(({ key }) => key === 'relay-outbox' || key === 'sweep-outbox');
  return Object.fromEntries(
    [...new Set(sweeps.map(({ service }) => service))].map((service) => [
      logicalIdOf(service, 'outbox', 'lag'),
      alarm(
        {
          name: `${service}-outbox-lag`,
          problem: `Events of ${service} are not published for more than five minutes.`,
          runbook: 'outbox-lag',
          metric: {
            namespace: settings.prefix,
            name: 'OutboxLag',
            dimensions: { service: `${settings.project}-${service}` },
            statistic: 'Maximum',
            periodSeconds: minute,
          },
          above: 300,
          periods: 2,
          of: 3,
          essential: true,
        },
        settings,
      ),
    ]),
  );
}
