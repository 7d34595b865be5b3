import { randomUUID } from 'node:crypto';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { SNSEvent, SQSRecord } from 'aws-lambda';
import { awsBehaviour } from './differences.ts';
import { eventually, seen, target } from './platform.ts';

const sns = new SNSClient({});
const topicArn = (name: string) =>
  `arn:aws:sns:${target.region}:${target.accountId}:${target.prefix}-${name}`;
const typeOf = (type: string) => ({ type: { DataType: 'String', StringValue: type } });
const typesOf = (records: SQSRecord[]) =>
  records.map((record) => record.messageAttributes['type']?.stringValue);

/** What the two queues behind the FIFO topic saw of one run. */
async function announced(run: string): Promise<{ ordered: SQSRecord[]; standard: SQSRecord[] }> {
  const records = await seen<SQSRecord>('announced', run);
  const isOrdered = (record: SQSRecord) => record.eventSourceARN.endsWith('.fifo');
  return {
    ordered: records.filter(isOrdered),
    standard: records.filter((record) => !isOrdered(record)),
  };
}

describe('a FIFO topic', () => {
  const publish = (run: string, types: string[]) =>
    sns.send(
      new PublishBatchCommand({
        TopicArn: topicArn('events.fifo'),
        PublishBatchRequestEntries: types.map((type, index) => ({
          Id: String(index),
          Message: JSON.stringify({ run, index }),
          MessageAttributes: typeOf(type),
          MessageGroupId: run,
          MessageDeduplicationId: `${run}-${index}`,
        })),
      }),
    );

  awsBehaviour(
    'delivers to each queue what its filter policy matches, in order to a FIFO queue',
    async () => {
      const run = randomUUID();
      const response = await publish(run, [
        'ORDER_CREATED',
        'ORDER_PAID',
        'ORDER_SHIPPED',
        'ORDER_CANCELLED',
      ]);
      expect(response.Successful).toHaveLength(4);
      await eventually(async () => {
        const { ordered, standard } = await announced(run);
        expect(typesOf(ordered)).toEqual(['ORDER_PAID', 'ORDER_CANCELLED']);
        expect(typesOf(standard).sort()).toEqual(['ORDER_CREATED', 'ORDER_PAID']);
      });
    },
  );

  awsBehaviour('delivers raw: the message is the body, its attributes are the message’s', async () => {
    const run = randomUUID();
    await publish(run, ['ORDER_PAID']);
    const { ordered, standard } = await eventually(async () => {
      const found = await announced(run);
      expect([found.ordered.length, found.standard.length]).toEqual([1, 1]);
      return found;
    });
    for (const record of [ordered[0], standard[0]]) {
      expect(record?.body).toBe(JSON.stringify({ run, index: 0 }));
      expect(record?.messageAttributes['type']).toMatchObject({
        dataType: 'String',
        stringValue: 'ORDER_PAID',
      });
    }
    expect(ordered[0]?.attributes).toMatchObject({ MessageGroupId: run, MessageDeduplicationId: `${run}-0` });
  });

  awsBehaviour('drops a message with a deduplication id of the last five minutes', async () => {
    const run = randomUUID();
    await publish(run, ['ORDER_PAID']);
    await publish(run, ['ORDER_PAID', 'ORDER_CANCELLED']);
    await eventually(async () => {
      expect(typesOf((await announced(run)).ordered)).toEqual(['ORDER_PAID', 'ORDER_CANCELLED']);
    });
  });
});

describe('a standard topic', () => {
  awsBehaviour('invokes a function with what its filter policy matches', async () => {
    const run = randomUUID();
    for (const type of ['UNWANTED', 'WANTED']) {
      const Message = JSON.stringify({ run, type });
      const own = { TopicArn: topicArn('news'), Subject: 'News', MessageAttributes: typeOf(type) };
      await sns.send(new PublishCommand({ ...own, Message }));
    }
    const [event] = await eventually(async () => {
      const found = await seen<SNSEvent>('notified', run);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(event?.Records).toEqual([
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: expect.stringContaining(`${topicArn('news')}:`),
        Sns: expect.objectContaining({
          Type: 'Notification',
          MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          TopicArn: topicArn('news'),
          Subject: 'News',
          Message: JSON.stringify({ run, type: 'WANTED' }),
          Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          MessageAttributes: { type: { Type: 'String', Value: 'WANTED' } },
        }),
      },
    ]);
  });
});
