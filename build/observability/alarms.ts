import { type AlarmSpec, type CompositeSpec, fiveMinutes, type Metric, minute } from './alarm.ts';
import { type Settings, shortName, type Watched, type WatchedFunction } from './watched.ts';

/** Queues for failures, by the end of their names: what a message means, the runbook, and the stages that have the alarm. */
const failureQueues = [
  {
    name: /-dead-letters(\.fifo)?$/,
    problem: 'An event failed all its attempts and had no effect yet.',
    runbook: 'dead-letters',
    condition: 'always',
  },
  {
    name: /-undelivered(\.fifo)?$/,
    problem: 'SNS could not deliver an event to a subscriber, on which it had no effect yet.',
    runbook: 'undelivered',
    condition: 'WatchesQueues',
  },
  {
    name: /-async-failures$/,
    problem: 'An invocation failed all its attempts and had no effect yet.',
    runbook: 'async-failures',
    condition: 'always',
  },
];

/**
 * Queues: one dead letter is enough, since it is an event that had no effect. A message older than ten minutes means
 * that the queue's consumer is down or too slow.
 */
export const queueAlarms = ({ settings, queues }: Watched): AlarmSpec[] =>
  queues.map(({ name }) => {
    const metric = (metricName: string): Metric => ({
      namespace: 'AWS/SQS',
      name: metricName,
      dimensions: { QueueName: name },
      statistic: 'Maximum',
      periodSeconds: minute,
    });
    const failures = failureQueues.find((each) => each.name.test(name));
    return failures
      ? {
          name: shortName(name, settings.prefix),
          problem: failures.problem,
          runbook: failures.runbook,
          metric: metric('ApproximateNumberOfMessagesVisible'),
          above: 0,
          periods: 1,
          condition: failures.condition,
        }
      : {
          name: `${shortName(name, settings.prefix)}-age`,
          problem: 'Messages wait for more than ten minutes.',
          runbook: 'queue-age',
          metric: metric('ApproximateAgeOfOldestMessage'),
          above: 600,
          periods: 3,
          condition: 'WatchesQueues',
        };
  });

/**
 * Functions: throttles of every function; unexpected errors and crashes of those without a route (events are retried, so a
 * few raise no alarm); and the age of unread stream records (a stream keeps a record for 24 hours).
 */
export const functionAlarms = ({ settings, functions }: Watched): AlarmSpec[] =>
  functions.flatMap((each) => {
    const { service, key, name, http, stream } = each;
    const metric = (metricName: string, statistic: string, periodSeconds = fiveMinutes): Metric => ({
      namespace: 'AWS/Lambda',
      name: metricName,
      dimensions: { FunctionName: name },
      statistic,
      periodSeconds,
    });
    const throttles: AlarmSpec = {
      name: `${service}-${key}-throttles`,
      problem: `${titleOf(each, settings)} exceeds its concurrency limit.`,
      runbook: 'throttles',
      metric: metric('Throttles', 'Sum'),
      above: 5,
      periods: 2,
    };
    const iteratorAge: AlarmSpec = {
      name: `${service}-${key}-iterator-age`,
      problem: 'Records of a table’s stream wait for more than ten minutes.',
      runbook: 'stream-age',
      metric: metric('IteratorAge', 'Maximum', minute),
      above: 600_000,
      periods: 3,
      condition: 'always',
    };
    return [throttles, ...(http ? [] : failureAlarms(each, settings)), ...(stream ? [iteratorAge] : [])];
  });

const titleOf = ({ name }: WatchedFunction, { stage }: Settings): string => name.replace(`-${stage}-`, '-…-');

/**
 * Failures without a route: unexpected errors, which the function's wrapper counts (shared/lambda/error-metrics.ts), and
 * crashes and timeouts, which only Lambda sees. Errors thrown on purpose, to be retried, are neither.
 */
function failureAlarms(each: WatchedFunction, settings: Settings): AlarmSpec[] {
  const { service, key, name, reportsRecords } = each;
  const common = { runbook: 'function-errors', above: 3, periods: 2, of: 3 };
  const sum = { statistic: 'Sum', periodSeconds: fiveMinutes };
  const ofWrapper = (metricName: string): Metric => ({
    namespace: settings.prefix,
    name: metricName,
    dimensions: { service: `${settings.project}-${service}`, FunctionName: name },
    ...sum,
  });
  return [
    {
      ...common,
      name: `${service}-${key}-errors`,
      problem: `${titleOf(each, settings)} has unexpected errors repeatedly.`,
      metric: ofWrapper('UnexpectedErrors'),
    },
    {
      ...common,
      name: `${service}-${key}-crashes`,
      problem: `${titleOf(each, settings)} crashes or times out repeatedly.`,
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
export const apiAlarms = ({ settings, apis }: Watched): (AlarmSpec | CompositeSpec)[] =>
  apis.flatMap(({ name }) => {
    const [, service = ''] = /^shop-([a-z]+)-/.exec(name) ?? /-([a-z]+)$/.exec(name) ?? [];
    const metric = (metricName: string, statistic: string, periodSeconds: number): Metric => ({
      namespace: 'AWS/ApiGateway',
      name: metricName,
      dimensions: { ApiName: name, Stage: settings.stage },
      statistic,
      periodSeconds,
    });
    const errorRates = burns.flatMap(({ speed, factor, windows }) => {
      const whole = `${service}-errors-${speed}`;
      const parts = windows.map(
        (periodSeconds): AlarmSpec => ({
          name: `${whole}-${periodSeconds / minute}-minutes`,
          problem: `Part of ${whole}.`,
          runbook: 'api-errors',
          metric: metric('5XXError', 'Average', periodSeconds),
          above: Math.round(factor * errorBudget * 1e6) / 1e6,
          periods: 1,
          silent: true,
        }),
      );
      const composite: CompositeSpec = {
        name: whole,
        problem: `The ${service} API fails ${factor} times as often as the 99.9 % objective allows.`,
        runbook: 'api-errors',
        parts: parts.map((part) => part.name),
      };
      return [...parts, composite];
    });
    const latency: AlarmSpec = {
      name: `${service}-latency`,
      problem: `One in a hundred responses of the ${service} API takes longer than ${slowMs} ms.`,
      runbook: 'api-latency',
      metric: metric('Latency', 'p99', fiveMinutes),
      above: slowMs,
      periods: 3,
    };
    return [...errorRates, latency];
  });

/** Services with an outbox: an event that is unpublished for five minutes, although a sweep runs every minute. */
export function outboxAlarms({ settings, functions }: Watched): AlarmSpec[] {
  const sweeps = functions.filter(({ key }) => key === 'relay-outbox' || key === 'sweep-outbox');
  return [...new Set(sweeps.map(({ service }) => service))].map((service) => ({
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
    condition: 'always',
  }));
}

/**
 * Tables: on-demand tables throttle only beyond their quota or on one hot item. The copy in the second region, if there
 * is one, must not be further behind than the recovery point objective (docs/disaster-recovery.md).
 */
export const tableAlarms = ({ settings, tables }: Watched): AlarmSpec[] =>
  tables.flatMap((TableName) => {
    const table = shortName(TableName, settings.prefix);
    const throttles = (['Read', 'Write'] as const).map(
      (what): AlarmSpec => ({
        name: `${table}-${what.toLowerCase()}-throttles`,
        problem: `The table ${table} throttles ${what.toLowerCase()}s.`,
        runbook: 'table-throttles',
        metric: {
          namespace: 'AWS/DynamoDB',
          name: `${what}ThrottleEvents`,
          dimensions: { TableName },
          statistic: 'Sum',
          periodSeconds: minute,
        },
        above: 10,
        periods: 2,
        of: 5,
      }),
    );
    const copyLag: AlarmSpec = {
      name: `${table}-copy-lag`,
      problem: `The copy of the table ${table} is more than five minutes behind, past the RPO.`,
      runbook: 'standby-lag',
      metric: {
        namespace: 'AWS/DynamoDB',
        name: 'ReplicationLatency',
        dimensions: { TableName, ReceivingRegion: settings.standbyRegion },
        statistic: 'Maximum',
        periodSeconds: minute,
      },
      above: 5 * minute * 1_000,
      periods: 5,
      condition: 'HasStandby',
    };
    return [...throttles, copyLag];
  });
