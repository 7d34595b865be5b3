/** A metric of CloudWatch, of one thing. */
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
  /** What has happened, in a sentence for whoever is woken. */
  says: string;
  /** File in docs/runbooks, without its ending. */
  runbook: string;
  metric: Metric;
  /** The bound: a number, or a variable of the stage table. One of both. */
  above?: number | string;
  below?: number | string;
  /** Above in so many of the last periods. */
  periods: number;
  of?: number;
  /** Essential ones exist in every stage; the others where `watch` is `all` in shared/serverless/stages.yml. */
  essential?: boolean;
  /** About copies in the second region: only where the stage has one. */
  standby?: boolean;
  /** Only where this condition of resources/observability holds. */
  condition?: string;
  /** Part of a composite alarm, and silent by itself. */
  silent?: boolean;
};

/** A resource of a template. */
export type Resource = {
  Type: string;
  Condition?: string;
  Properties: Record<string, unknown>;
};

const alarmTopic = { Ref: 'AlarmTopic' };
/** Where the runbooks are; a link where the operator says so. */
const runbooks = '${self:custom.runbooks}';

function conditionOf({ essential, standby, condition }: AlarmSpec): Pick<Resource, 'Condition'> {
  if (condition !== undefined) return { Condition: condition };
  if (standby) return { Condition: 'HasStandby' };
  return essential ? {} : { Condition: 'WatchesClosely' };
}

/** An alarm on one metric. No data is no alarm: a queue that nobody uses sends none. */
export function alarm(spec: AlarmSpec): Resource {
  const { namespace, name, dimensions, statistic, periodSeconds } = spec.metric;
  const percentile = statistic.startsWith('p');
  return {
    Type: 'AWS::CloudWatch::Alarm',
    ...conditionOf(spec),
    Properties: {
      AlarmName: `\${self:custom.prefix}-${spec.name}`,
      AlarmDescription: `${spec.says} Runbook: ${runbooks}/${spec.runbook}.md`,
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      ...(percentile ? { ExtendedStatistic: statistic } : { Statistic: statistic }),
      Period: periodSeconds,
      EvaluationPeriods: spec.of ?? spec.periods,
      DatapointsToAlarm: spec.periods,
      ComparisonOperator: spec.below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: spec.below ?? spec.above,
      TreatMissingData: 'notBreaching',
      ...(spec.silent ? {} : { AlarmActions: [alarmTopic], OKActions: [alarmTopic] }),
    },
  };
}

/** An alarm that is on while all of the named ones are. */
export const allOf = (
  spec: Pick<AlarmSpec, 'name' | 'says' | 'runbook'>,
  parts: readonly string[],
): Resource => ({
  Type: 'AWS::CloudWatch::CompositeAlarm',
  Condition: 'WatchesClosely',
  Properties: {
    AlarmName: `\${self:custom.prefix}-${spec.name}`,
    AlarmDescription: `${spec.says} Runbook: ${runbooks}/${spec.runbook}.md`,
    AlarmRule: {
      'Fn::Join': [' AND ', parts.map((part) => ({ 'Fn::Sub': `ALARM("\${${part}}")` }))],
    },
    AlarmActions: [alarmTopic],
    OKActions: [alarmTopic],
  },
});
