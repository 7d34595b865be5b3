import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SNSClient } from '@aws-sdk/client-sns';
import { newId } from '../ids.ts';
import { aQueue, aTopic } from '../testing/engines.ts';
import { eventsIn } from '../testing/queue.ts';
import type { OutboxEntry } from './entry.ts';
import { snsPublisher } from './publish.ts';

const queue = await aQueue({ fifo: true });
const topic = await aTopic({ fifo: true, queues: [queue] });

const anEntry = (message: object = {}): OutboxEntry => ({
  id: newId(),
  destination: 'order-events.fifo',
  aggregateId: newId(),
  sequence: 1,
  type: 'ORDER_PAID',
  version: 1,
  message: JSON.stringify(message),
});

/** A topic's address that accepts all but the second entry of each batch, as SNS may (PublishBatch, `Failed`). */
const accepted: number[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const ids = [...new URLSearchParams(body).entries()].flatMap(([name, value]) =>
    /entries?\.member\.\d+\.Id$/i.test(name) ? [value] : [],
  );
  accepted.push(ids.length);
  const successful = ids.map((id, index) =>
    index === 1 ? '' : `<member><Id>${id}</Id><MessageId>${newId()}</MessageId></member>`,
  );
  const failed =
    ids[1] === undefined
      ? ''
      : `<member><Id>${ids[1]}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>`;
  response.setHeader('Content-Type', 'text/xml');
  response.end(
    `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>` +
      `<Successful>${successful.join('')}</Successful><Failed>${failed}</Failed>` +
      `</PublishBatchResult></PublishBatchResponse>`,
  );
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const choosy = new SNSClient({ endpoint: `http://127.0.0.1:${port}` });
afterAll(async () => {
  choosy.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('publishing to SNS', () => {
  test('concurrent entries are published in one batch, and each arrives', async () => {
    const publish = snsPublisher(() => topic);
    const entries = Array.from({ length: 25 }, (_, number) => anEntry({ number }));
    expect(await Promise.all(entries.map(publish))).toEqual(entries.map(() => true));
    const numbers = (await eventsIn(queue)).map((event) => (event as unknown as { number: number }).number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(entries.map((_, number) => number));
  });

  test('an entry that SNS refuses is reported alone', async () => {
    const publish = snsPublisher(() => 'arn:aws:sns:eu-west-1:000000000000:t.fifo', choosy);
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => publish(anEntry())));
    expect(accepted).toEqual([5]);
    expect(results).toEqual([true, false, true, true, true]);
  });

  test('a call that fails rejects each of its entries', async () => {
    const publish = snsPublisher(() => 'arn:aws:sns:eu-west-1:000000000000:no-such-topic.fifo');
    const results = await Promise.allSettled([publish(anEntry()), publish(anEntry())]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
