import type { Settings } from './watched.ts';

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
  /** Exists in every stage; other alarms where `watch` is `all` in shared/serverless/stages.yml. */
  essential?: boolean;
  /** Concerns copies in the second region: only where the stage has one. */
  standby?: boolean;
  /** Only where this condition of resources/observability holds. */
  condition?: string;
  /** Part of a composite alarm, without notifications of its own. */
  silent?: boolean;
};

/** A CloudFormation resource. */
export type Resource = {
  Type: string;
  Condition?: string;
  Properties: Record<string, unknown>;
};

const alarmTopic = { Ref: 'AlarmTopic' };

function conditionOf({ essential, standby, condition }: AlarmSpec): Pick<Resource, 'Condition'> {
  if (condition !== undefined) return { Condition: condition };
  if (standby) return { Condition: 'HasStandby' };
  return essential ? {} : { Condition: 'WatchesClosely' };
}

const descriptionOf = (
  { problem, runbook }: Pick<AlarmSpec, 'problem' | 'runbook'>,
  { runbooks }: Settings,
) => `${problem} Runbook: ${runbooks}/${runbook}.md`;

/** An alarm on one metric. Missing data does not raise the alarm: an unused queue has no metrics. */
export function alarm(spec: AlarmSpec, settings: Settings): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    ...conditionOf(spec),
    Properties: {
      AlarmName: `${settings.prefix}-${spec.name}`,
      AlarmDescription: descriptionOf(spec, settings),
      ...(spec.less ? difference(spec.metric, spec.less) : single(spec.metric)),
      EvaluationPeriods: spec.of ?? spec.periods,
      DatapointsToAlarm: spec.periods,
      ComparisonOperator: spec.below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: spec.below ?? spec.above,
      TreatMissingData: 'notBreaching',
      ...(spec.silent ? {} : { AlarmActions: [alarmTopic], OKActions: [alarmTopic] }),
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

/** A composite alarm, which is on while all parts (logical ids) are. */
export const allOf = (
  spec: Pick<AlarmSpec, 'name' | 'problem' | 'runbook'>,
  parts: readonly string[],
  settings: Settings,
): Resource => ({
  Type: 'AWS::CloudWatch::CompositeAlarm',
  Condition: 'WatchesClosely',
  Properties: {
    AlarmName: `${settings.prefix}-${spec.name}`,
    AlarmDescription: descriptionOf(spec, settings),
    AlarmRule: {
      'Fn::Join': [' AND ', parts.map((part) => ({ 'Fn::Sub': `ALARM("\${${part}}")` }))],
    },
    AlarmActions: [alarmTopic],
    OKActions: [alarmTopic],
  },
});
