import { randomUUID } from 'node:crypto';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { awsBehaviour } from './differences.ts';
import { eventually, queueUrlOf, seen, target } from './platform.ts';

const sqs = new SQSClient({});
const urlOf = async (name: string) => (await sqs.send(new GetQueueUrlCommand(queueUrlOf(name)))).QueueUrl;
const receiveCounts = (records: SQSRecord[]) =>
  records.map((record) => record.attributes.ApproximateReceiveCount);
const nameOf = (record: SQSRecord) => (JSON.parse(record.body) as { name: string }).name;

/** Waits for a message in a dead-letter queue that contains `text`, and returns its body. */
async function dead(queue: string, text: string): Promise<string> {
  const QueueUrl = await urlOf(queue);
  return eventually(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: 1,
      }),
    );
    const found = Messages.find((message) => message.Body?.includes(text));
    if (!found?.Body) throw new Error(`No dead letter with ${text} in ${queue} yet.`);
    return found.Body;
  }, 50_000);
}

describe('a standard queue', () => {
  awsBehaviour('redelivers only the failed messages of a batch', async () => {
    const run = randomUUID();
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: await urlOf('batch'),
        Entries: [{ name: 'first' }, { name: 'stumbles', failures: 1 }, { name: 'last' }].map(
          (body, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify({ ...body, run }),
            MessageAttributes: { run: { DataType: 'String', StringValue: run } },
          }),
        ),
      }),
    );
    const records = await eventually(async () => {
      const all = await seen<SQSRecord>('batch', run);
      expect(receiveCounts(all.filter((record) => nameOf(record) === 'stumbles'))).toEqual(['1', '2']);
      expect(all).toHaveLength(4);
      return all;
    });
    expect(records[0]).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${target.region}:${target.accountId}:${target.prefix}-batch`,
      awsRegion: target.region,
      messageAttributes: { run: { stringValue: run, dataType: 'String' } },
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      attributes: { SentTimestamp: expect.stringMatching(/^\d{13}$/), SenderId: expect.any(String) },
    });
  });

  awsBehaviour('moves a message to its dead-letter queue after three attempts', async () => {
    const run = randomUUID();
    const body = JSON.stringify({ name: 'poison', failures: 99, run });
    await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf('batch'), MessageBody: body }));
    expect(await dead('batch-dead', run)).toBe(body);
    expect(receiveCounts(await seen<SQSRecord>('batch', run))).toEqual(['1', '2', '3']);
  });
});

describe('a FIFO queue', () => {
  const send = async (group: string, tasks: object[]) => {
    const QueueUrl = await urlOf('ordered.fifo');
    for (const task of tasks) {
      const MessageBody = JSON.stringify({ ...task, group });
      const own = { MessageGroupId: group, MessageDeduplicationId: randomUUID() };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...own }));
    }
  };

  awsBehaviour('keeps the order of a group, one message at a time', async () => {
    const group = randomUUID();
    const names = ['one', 'two', 'three', 'four', 'five'];
    await send(
      group,
      names.map((name) => ({ name })),
    );
    await eventually(async () => {
      const records = await seen<SQSRecord & { batch: number }>('ordered', group);
      expect(records.map(nameOf)).toEqual(names);
      expect(records.map((record) => record.batch)).toEqual([1, 1, 1, 1, 1]);
      expect(records[0]?.attributes).toMatchObject({
        MessageGroupId: group,
        MessageDeduplicationId: expect.any(String),
        SequenceNumber: expect.stringMatching(/^\d+$/),
      });
    });
  });

  awsBehaviour('processes several groups at once', async () => {
    const [waits, finishes] = [randomUUID(), randomUUID()];
    await send(waits, [{ name: 'waits', awaits: finishes }]);
    await send(finishes, [{ name: 'finishes' }]);
    const [waited] = await eventually(async () => {
      const found = await seen<{ met: boolean }>('ordered-waited', waits);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(waited?.met).toBe(true);
  });

  awsBehaviour('drops a message with a deduplication id of the last five minutes', async () => {
    const group = randomUUID();
    const QueueUrl = await urlOf('ordered.fifo');
    for (const name of ['original', 'duplicate', 'duplicate']) {
      const own = { MessageGroupId: group, MessageDeduplicationId: `same-${group}` };
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ name, group }), ...own }),
      );
    }
    await send(group, [{ name: 'next' }]);
    await eventually(async () => {
      expect((await seen<SQSRecord>('ordered', group)).map(nameOf)).toEqual(['original', 'next']);
    });
  });

  awsBehaviour(
    'gives an event after a failed one of its group its own three attempts',
    async () => {
      const group = randomUUID();
      await send(group, [
        { name: 'poison', failures: 99 },
        { name: 'behind', failures: 2 },
      ]);
      expect(await dead('ordered-dead.fifo', group)).toContain('poison');
      await eventually(async () => {
        const records = await seen<SQSRecord>('ordered', group);
        expect(records.map((record) => [nameOf(record), record.attributes.ApproximateReceiveCount])).toEqual([
          ['poison', '1'],
          ['poison', '2'],
          ['poison', '3'],
          ['behind', '1'],
          ['behind', '2'],
          ['behind', '3'],
        ]);
      });
    },
    120_000,
  );
});
