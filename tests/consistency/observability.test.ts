import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compiled, deploymentOf } from '../../build/compiled.ts';
import type { Deployment } from '../../build/deployment.ts';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';

type Resource = { Type: string; Condition?: string; Properties?: Record<string, unknown> };

let stacks: Awaited<ReturnType<typeof compiled>>;
let shop: Deployment;
let alarms: Resource[];
let everyAlarm: Resource[];
beforeAll(async () => {
  stacks = await compiled('prod');
  shop = await deploymentOf('prod');
  const watching = stacks.find(({ service }) => service.endsWith('-observability'));
  const isAlarm = ({ Type }: { Type: string }) => /^AWS::CloudWatch::\w*Alarm$/.test(Type);
  alarms = Object.values(watching?.template.Resources ?? {}).filter(isAlarm) as Resource[];
  everyAlarm = stacks.flatMap(({ template }) =>
    Object.values(template.Resources).filter(isAlarm),
  ) as Resource[];
}, 120_000);

const watchedAs = (dimension: string): string[] =>
  alarms.flatMap(({ Properties }) =>
    ((Properties?.['Dimensions'] ?? []) as { Name: string; Value: string }[])
      .filter(({ Name }) => Name === dimension)
      .map(({ Value }) => Value),
  );
/** The resources to monitor, by their CloudWatch dimension. */
const resources: Record<string, () => string[]> = {
  QueueName: () => shop.queues.map(({ name }) => name),
  FunctionName: () => shop.functions.map(({ name }) => name),
  TableName: () => shop.tables.map(({ name }) => name),
  ApiName: () => shop.apis.map(({ name }) => name),
  DBInstanceIdentifier: () =>
    stacks
      .filter(({ region }) => region === undefined || region === 'eu-west-1')
      .flatMap(({ template }) => Object.values(template.Resources))
      .filter(({ Type }) => Type === 'AWS::RDS::DBInstance')
      .map(({ Properties }) => String(Properties?.['DBInstanceIdentifier'])),
};

describe('alarms', () => {
  test.each(Object.entries(resources))(
    '%s: every one has an alarm, and every alarm has one',
    (dimension, names) => {
      expect(names().length).toBeGreaterThan(0);
      expect([...new Set(watchedAs(dimension))].toSorted()).toEqual(names().toSorted());
    },
  );

  test('an alarm ends when its metric has no more data, instead of keeping its state', () => {
    const onMetrics = alarms.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    for (const { Properties } of nonEmpty(onMetrics))
      expect(Properties).toMatchObject({ TreatMissingData: expect.stringMatching(/^(notB|b)reaching$/) });
  });

  test('every alarm of every stack names an existing runbook', () => {
    expect(everyAlarm.length).toBeGreaterThan(alarms.length);
    for (const { Properties } of everyAlarm) {
      const description = String(Properties?.['AlarmDescription']);
      const [, runbook] = /Runbook: (docs\/runbooks\/[a-z-]+\.md)$/.exec(description) ?? [];
      expect([description, existsSync(join(root, runbook ?? 'no runbook'))]).toEqual([description, true]);
    }
  });

  test('every replicated bucket has an alarm for late replication', () => {
    const copied = stacks.flatMap(({ template }) =>
      Object.values(template.Resources)
        .filter(
          ({ Type, Properties }) => Type === 'AWS::S3::Bucket' && Properties?.['ReplicationConfiguration'],
        )
        .map(({ Properties }) => Properties?.['BucketName']),
    );
    const watched = alarms.flatMap(({ Properties }) =>
      ((Properties?.['Dimensions'] ?? []) as { Name: string; Value: unknown }[])
        .filter(({ Name }) => Name === 'SourceBucket')
        .map(({ Value }) => Value),
    );
    expect(copied.length).toBeGreaterThan(0);
    // A rule without metrics reports no latency, and its alarm would never fire.
    for (const { template } of stacks)
      for (const { Type, Properties } of Object.values(template.Resources))
        if (Type === 'AWS::S3::Bucket' && Properties?.['ReplicationConfiguration'])
          expect(JSON.stringify(Properties['ReplicationConfiguration'])).toContain('"EventThreshold"');
    expect(watched.map((name) => JSON.stringify(name)).toSorted()).toEqual(
      copied.map((name) => JSON.stringify(name)).toSorted(),
    );
  });

  test('every alarm notifies the alarm topic when it starts and when it ends, unless it is part of another', () => {
    const notifying = alarms.filter(
      ({ Properties }) => !/^Part of /.test(String(Properties?.['AlarmDescription'])),
    );
    for (const { Properties } of nonEmpty(notifying)) {
      expect(Properties).toMatchObject({
        AlarmActions: [{ Ref: 'AlarmTopic' }],
        OKActions: [{ Ref: 'AlarmTopic' }],
      });
    }
  });
});
