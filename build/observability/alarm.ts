import { logicalIdOf, type Settings } from './watched.ts';

export const minute = 60;
export const fiveMinutes = 5 * minute;

/** A CloudWatch metric of one resource. */
export type Metric = {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  /** `Sum`, `Average`, `Maximum`, or a percentile like `p99`. */
  statistic: string;
  periodSeconds: number;
};

export type AlarmSpec = {
  /** Last part of the alarm's name. */
  name: string;
  /** The problem, in one sentence for the person on call. */
  problem: string;
  /** File in docs/runbooks, without its extension. */
  runbook: string;
  metric: Metric;
  /** Subtracted from `metric`; 0 where it has no data. */
  less?: Metric;
  /** The threshold: exactly one of the two. */
  above?: number;
  below?: number;
  /** The alarm starts when `periods` of the last `of` (default: `periods`) periods are beyond the threshold. */
  periods: number;
  of?: number;
  /**
   * The condition of resources/observability under which it exists, or `always`; default: in stages where `watch` is
   * `all` (shared/serverless/stages.yml).
   */
  condition?: string;
  /** Part of a composite alarm, without notifications of its own. */
  silent?: boolean;
};

/** An alarm that is on while all its parts are. */
export type CompositeSpec = Pick<AlarmSpec, 'name' | 'problem' | 'runbook'> & { parts: readonly string[] };

/** A CloudFormation resource. */
export type Resource = {
  Type: string;
  Condition?: string;
  Properties: Record<string, unknown>;
};

const notified = { AlarmActions: [{ Ref: 'AlarmTopic' }], OKActions: [{ Ref: 'AlarmTopic' }] };

/** The resources of alarms by logical id, which follows from the name. */
export const alarms = (
  specs: readonly (AlarmSpec | CompositeSpec)[],
  settings: Settings,
): Record<string, Resource> =>
  Object.fromEntries(
    specs.map((spec) => {
      const { Properties, ...resource } = 'parts' in spec ? composite(spec) : onMetric(spec);
      const described = {
        AlarmName: `${settings.prefix}-${spec.name}`,
        AlarmDescription: `${spec.problem} Runbook: ${settings.runbooks}/${spec.runbook}.md`,
      };
      return [logicalIdOf(spec.name), { ...resource, Properties: { ...described, ...Properties } }];
    }),
  );

/** An alarm on one metric. Missing data does not raise the alarm: an unused queue has no metrics. */
function onMetric({ metric, less, above, below, periods, of = periods, ...spec }: AlarmSpec): Resource {
  const { condition = 'WatchesClosely', silent = false } = spec;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    ...(condition === 'always' ? {} : { Condition: condition }),
    Properties: {
      ...(less ? difference(metric, less) : single(metric)),
      EvaluationPeriods: of,
      DatapointsToAlarm: periods,
      ComparisonOperator: below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: below ?? above,
      TreatMissingData: 'notBreaching',
      ...(silent ? {} : notified),
    },
  };
}

const cloudWatchMetric = ({ namespace, name, dimensions }: Metric) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

const single = (metric: Metric) => ({
  ...cloudWatchMetric(metric),
  [metric.statistic.startsWith('p') ? 'ExtendedStatistic' : 'Statistic']: metric.statistic,
  Period: metric.periodSeconds,
});

function difference(metric: Metric, less: Metric) {
  const input = (Id: string, of: Metric) => ({
    Id,
    MetricStat: { Metric: cloudWatchMetric(of), Stat: of.statistic, Period: of.periodSeconds },
    ReturnData: false,
  });
  return {
    Metrics: [
      { Id: 'difference', Expression: 'all - FILL(less, 0)', ReturnData: true },
      input('all', metric),
      input('less', less),
    ],
  };
}

const composite = ({ parts }: CompositeSpec): Resource => ({
  Type: 'AWS::CloudWatch::CompositeAlarm',
  Condition: 'WatchesClosely',
  Properties: {
    AlarmRule: {
      'Fn::Join': [' AND ', parts.map((part) => ({ 'Fn::Sub': `ALARM("\${${logicalIdOf(part)}}")` }))],
    },
    ...notified,
  },
});
