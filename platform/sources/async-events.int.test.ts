import { join } from 'node:path';
import { eventually } from '#shared/testing/eventually.ts';
import type { Deployment } from '../../build/deployment.ts';
import { sourcesUnderTest } from './fixtures/sources-under-test.ts';

const { folder, messaging, aRecorder, aQueue, start, send, left } = await sourcesUnderTest();

describe('an asynchronous event', () => {
  test('is attempted three times in total', async () => {
    const { name, recorded } = aRecorder('any');
    const { events, dropped } = start({});
    events.accept(name, JSON.stringify({ fail: 2 }));
    await eventually(() => expect(events.pending()).toBe(0));
    expect(recorded()).toHaveLength(3);
    expect(dropped).toEqual([]);
    events.accept(name, JSON.stringify({ fail: 99 }));
    await eventually(() => expect(dropped).toHaveLength(1));
    expect(recorded()).toHaveLength(6);
  });

  test('is sent to the failure queue of its function after the last attempt, in the form of AWS', async () => {
    const { name, arn, recorded } = aRecorder('any');
    const queue = await aQueue('');
    const asyncInvoke = {
      stack: 's',
      logicalId: 'AsyncEvents',
      functionArn: arn,
      maximumRetryAttempts: 1,
      maximumAgeSeconds: 21_600,
      onFailureArn: queue.arn,
    };
    const { events } = start({
      functions: [{ name, arn }] as Deployment['functions'],
      queues: [queue],
      asyncInvokes: [asyncInvoke],
    });
    events.accept(name, JSON.stringify({ fail: 99 }));
    await eventually(() => expect(left(queue)).toBe(1));
    expect(events.pending()).toBe(0);
    expect(recorded()).toHaveLength(2);
    const { Messages } = await messaging.sqs('ReceiveMessage', { QueueUrl: queue.url });
    const record = JSON.parse((Messages as { Body: string }[])[0]!.Body);
    expect(record).toMatchObject({
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-.+Z$/),
      requestContext: {
        functionArn: `${arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 2,
      },
      requestPayload: { fail: 99 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorMessage: expect.any(String) },
    });
  });

  test('that was not handled survives a restart', async () => {
    const { name, recorded } = aRecorder('any');
    const file = join(folder, 'survives.db');
    const before = start({}, file);
    before.events.stop(); // as a kill would: nothing runs any more
    before.events.accept(name, JSON.stringify({ n: 7 }));
    await before.stop();
    expect(recorded()).toEqual([]);
    const after = start({}, file);
    await eventually(() => expect(after.events.pending()).toBe(0));
    expect(recorded()).toMatchObject([{ event: { n: 7 } }]);
  });

  test('arrives from a topic through the queue of its subscription', async () => {
    const { arn, recorded } = aRecorder('any');
    const queue = await aQueue('');
    const subscription = {
      protocol: 'lambda',
      endpointArn: arn,
      logicalId: queue.name,
      topicArn: 'arn:topic',
    };
    start({ subscriptions: [subscription] as Deployment['subscriptions'] });
    await send(queue, { Type: 'Notification', MessageId: 'm', TopicArn: 'arn:topic', Message: 'hello' });
    await eventually(() => expect(recorded()).toHaveLength(1));
    expect(recorded()[0]).toMatchObject({
      event: { Records: [{ EventSource: 'aws:sns', Sns: { Message: 'hello', TopicArn: 'arn:topic' } }] },
    });
    await eventually(() => expect(left(queue)).toBe(0));
  });

  test('arrives from a bucket and from a schedule that is run manually', async () => {
    const { arn, name, recorded } = aRecorder('any');
    const bucket = {
      name: 'pictures',
      arn: 'arn:aws:s3:::pictures',
      logicalId: 'Pictures',
      cors: [],
      publicObjects: [],
    };
    const { objects, sources } = start({
      buckets: [
        {
          ...bucket,
          stack: 's',
          notifications: [{ event: 's3:ObjectCreated:*', functionArn: arn, prefix: 'in/' }],
        },
      ],
      schedules: [
        {
          stack: 's',
          logicalId: 'Daily',
          ruleName: 'daily',
          ruleArn: 'arn:rule',
          expression: 'cron(0 8 * * ? *)',
          enabled: true,
          functionArn: arn,
        },
      ],
    });
    const created = {
      eventName: 'ObjectCreated:Put',
      size: 1,
      eTag: 'e',
      sequencer: '01',
      time: new Date(),
      caller: 'c',
    } as const;
    objects.emit('created', { ...created, bucket: 'pictures', key: 'in/a b.png' });
    objects.emit('created', { ...created, bucket: 'pictures', key: 'out/a.png' });
    expect(sources.runScheduleNow(name)).toBe(1);
    await eventually(() => expect(recorded()).toHaveLength(2));
    const text = JSON.stringify(recorded());
    expect(text).toContain('in/a+b.png');
    expect(text).toContain('Scheduled Event');
  });
});
