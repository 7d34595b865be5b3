import { at, compileTimeoutMs, nameOf, ofType, type Resource, type Stage, stageOf, stages } from './stage.ts';

let everywhere: Stage[];
beforeAll(async () => {
  everywhere = [];
  for (const stage of stages) everywhere.push(await stageOf(stage));
}, compileTimeoutMs);

/** Queues that others leave their failures in. */
function deadLetterQueues(stage: Stage): Set<string> {
  const targets = stage.resources.flatMap((each) => [
    at(each, 'RedrivePolicy', 'deadLetterTargetArn'),
    at(each, 'DestinationConfig', 'OnFailure', 'Destination'),
  ]);
  return new Set(targets.filter((target) => typeof target === 'string'));
}

describe('every queue', () => {
  test('has dead letters, or holds those of others', () => {
    for (const stage of everywhere) {
      const last = deadLetterQueues(stage);
      const without = ofType(stage, 'AWS::SQS::Queue').filter(
        (queue) =>
          at(queue, 'RedrivePolicy', 'deadLetterTargetArn') === undefined && !last.has(queue.value('Arn')),
      );
      expect(without.map(nameOf)).toEqual([]);
    }
  });

  test('keeps dead letters as long as SQS can', () => {
    for (const stage of everywhere) {
      const last = deadLetterQueues(stage);
      const short = ofType(stage, 'AWS::SQS::Queue').filter(
        (queue) => last.has(queue.value('Arn')) && Number(at(queue, 'MessageRetentionPeriod')) !== 1_209_600,
      );
      expect(short.map(nameOf)).toEqual([]);
    }
  });

  test('has an alarm: dead letters on their number, others on the age of the oldest message', () => {
    for (const stage of everywhere) {
      // The alarms' stack is deployed last; a stage without it has none at all.
      if (!stage.stacks.some(({ directory }) => directory === 'resources/observability')) continue;
      const watched = new Set(ofType(stage, 'AWS::CloudWatch::Alarm').flatMap(queueMetrics));
      const last = deadLetterQueues(stage);
      const unwatched = ofType(stage, 'AWS::SQS::Queue')
        .map((queue) => {
          const metric = last.has(queue.value('Arn'))
            ? 'ApproximateNumberOfMessagesVisible'
            : 'ApproximateAgeOfOldestMessage';
          return `${queue.value('QueueName')} ${metric}`;
        })
        .filter((wanted) => !watched.has(wanted));
      expect(unwatched).toEqual([]);
    }
  });
});

type Metric = { Namespace?: string; MetricName?: string; Dimensions?: { Name: string; Value: string }[] };

/** `queue metric` for each metric of a queue that an alarm looks at, directly or in an expression. */
function queueMetrics(alarm: Resource): string[] {
  const { properties } = alarm;
  const stats = (properties['Metrics'] ?? []) as { MetricStat?: { Metric?: Metric } }[];
  const metrics = [properties as Metric, ...stats.map(({ MetricStat }) => MetricStat?.Metric ?? {})];
  return metrics
    .filter(({ Namespace }) => Namespace === 'AWS/SQS')
    .flatMap(({ MetricName, Dimensions = [] }) =>
      Dimensions.filter(({ Name }) => Name === 'QueueName').map(({ Value }) => `${Value} ${MetricName}`),
    );
}

describe('every log group', () => {
  test('forgets after the days that its stage says', () => {
    for (const stage of everywhere) {
      const without = ofType(stage, 'AWS::Logs::LogGroup').filter(
        (group) => !(Number(at(group, 'RetentionInDays')) > 0),
      );
      expect(without.map(nameOf)).toEqual([]);
    }
  });

  test('is there before its function, so that Lambda makes none without retention', () => {
    for (const stage of everywhere) {
      const groups = new Set(ofType(stage, 'AWS::Logs::LogGroup').map((group) => group.value('ref')));
      const without = ofType(stage, 'AWS::Lambda::Function').filter(
        (each) => !groups.has(`/aws/lambda/${each.value('ref')}`),
      );
      expect(without.map(nameOf)).toEqual([]);
    }
  });

  test('is there before its database server or proxy, for the same reason', () => {
    for (const stage of everywhere) {
      const groups = new Set(
        ofType(stage, 'AWS::Logs::LogGroup').map((group) => `${group.region} ${group.value('ref')}`),
      );
      const wanted = [
        ...ofType(stage, 'AWS::RDS::DBInstance').flatMap((server) =>
          (at(server, 'EnableCloudwatchLogsExports') as string[]).map(
            (kind) =>
              `${server.region} /aws/rds/instance/${String(at(server, 'DBInstanceIdentifier'))}/${kind}`,
          ),
        ),
        ...ofType(stage, 'AWS::RDS::DBProxy').map(
          (proxy) => `${proxy.region} /aws/rds/proxy/${String(at(proxy, 'DBProxyName'))}`,
        ),
      ];
      expect(wanted.length).toBeGreaterThan(0);
      expect(wanted.filter((name) => !groups.has(name))).toEqual([]);
    }
  });
});
