import { nonEmpty } from '../setup/non-empty.ts';
import {
  at,
  compileTimeoutMs,
  ofOptionalType,
  ofType,
  type Resource,
  type Stage,
  stageOf,
  stages,
  violations,
} from './stage.ts';

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

/** ARNs of the queues that receive the failures of others. */
function deadLetterQueues(stage: Stage): Set<string> {
  const targets = stage.resources.flatMap((each) => [
    at(each, 'RedrivePolicy', 'deadLetterTargetArn'),
    at(each, 'DestinationConfig', 'OnFailure', 'Destination'),
  ]);
  return new Set(targets.filter((target) => typeof target === 'string'));
}

describe('every queue', () => {
  test('has a dead-letter queue, or is one', () => {
    for (const stage of everyStage) {
      const last = deadLetterQueues(stage);
      expect(
        violations(
          ofType(stage, 'AWS::SQS::Queue'),
          (queue) =>
            at(queue, 'RedrivePolicy', 'deadLetterTargetArn') !== undefined || last.has(queue.value('Arn')),
        ),
      ).toEqual([]);
    }
  });

  test('keeps dead letters for the longest time that SQS allows', () => {
    for (const stage of everyStage) {
      const last = deadLetterQueues(stage);
      const deadLetters = ofType(stage, 'AWS::SQS::Queue').filter((queue) => last.has(queue.value('Arn')));
      expect(
        violations(deadLetters, (queue) => Number(at(queue, 'MessageRetentionPeriod')) === 1_209_600),
      ).toEqual([]);
    }
  });

  test('has an alarm: dead letters on their number, others on the age of the oldest message', () => {
    for (const stage of everyStage.filter(({ name }) => name !== 'tiny')) {
      const watched = new Set(ofType(stage, 'AWS::CloudWatch::Alarm').flatMap(queueMetrics));
      const last = deadLetterQueues(stage);
      const isWatched = (queue: Resource) => {
        const metric = last.has(queue.value('Arn'))
          ? 'ApproximateNumberOfMessagesVisible'
          : 'ApproximateAgeOfOldestMessage';
        return watched.has(`${queue.value('QueueName')} ${metric}`);
      };
      expect(violations(ofType(stage, 'AWS::SQS::Queue'), isWatched)).toEqual([]);
    }
  });
});

test('a tiny stage has alarms for dead letters only', () => {
  const tiny = everyStage.filter(({ name }) => name === 'tiny');
  const watched = nonEmpty(tiny).flatMap((stage) =>
    ofType(stage, 'AWS::CloudWatch::Alarm').flatMap(queueMetrics),
  );
  expect(nonEmpty(watched).filter((each) => !/-(dead-letters|async-failures)\S* Approx/.test(each))).toEqual(
    [],
  );
});

type Metric = { Namespace?: string; MetricName?: string; Dimensions?: { Name: string; Value: string }[] };

/** `queue metric` for each queue metric that an alarm uses, directly or in an expression. */
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
  test('deletes old entries', () => {
    for (const stage of everyStage)
      expect(
        violations(ofType(stage, 'AWS::Logs::LogGroup'), (group) => Number(at(group, 'RetentionInDays')) > 0),
      ).toEqual([]);
  });

  test('exists before its function, so that Lambda creates none without retention', () => {
    for (const stage of everyStage) {
      const groups = new Set(ofType(stage, 'AWS::Logs::LogGroup').map((group) => group.value('ref')));
      expect(
        violations(ofType(stage, 'AWS::Lambda::Function'), (each) =>
          groups.has(`/aws/lambda/${each.value('ref')}`),
        ),
      ).toEqual([]);
    }
  });

  test('exists before its database server or proxy, for the same reason', () => {
    for (const stage of everyStage) {
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
        ...ofOptionalType(stage, 'AWS::RDS::DBProxy').map(
          (proxy) => `${proxy.region} /aws/rds/proxy/${String(at(proxy, 'DBProxyName'))}`,
        ),
      ];
      expect(wanted.length).toBeGreaterThan(0);
      expect(wanted.filter((name) => !groups.has(name))).toEqual([]);
    }
  });
});
