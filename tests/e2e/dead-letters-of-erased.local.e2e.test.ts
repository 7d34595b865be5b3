import { randomUUID } from 'node:crypto';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { until } from '../../client/shop-actions.ts';
import { control } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { setting } from './support/shop.ts';

const queues = [
  'shop-local-notification-queue-dead-letters',
  'shop-local-notification-queue-user-events-undelivered.fifo',
];
const sqs = new SQSClient({
  endpoint: setting('E2E_AWS_URL'),
  region: 'eu-west-1',
  credentials: JSON.parse(setting('E2E_AWS_CREDENTIALS')) as { accessKeyId: string; secretAccessKey: string },
});
afterAll(() => sqs.destroy());

/** Puts a failed event of a user where it waits for an operator. */
async function failedEvent(QueueName: string, userId: string): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const MessageBody = JSON.stringify({ type: 'CONTACT_UPDATED', data: { userId } });
  const fifo = { MessageGroupId: userId, MessageDeduplicationId: randomUUID() };
  await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody, ...(QueueName.endsWith('.fifo') ? fifo : {}) }),
  );
}

const waiting = async (name: string) => {
  const { ready = 0, inFlight = 0 } = (await control.queue(name)) ?? {};
  return ready + inFlight;
};

test('the failed events of an erased user are deleted, those of others remain', async () => {
  const customer = await newCustomer('Erased With Failures');
  for (const queue of queues)
    for (const userId of [customer.userId, randomUUID()]) await failedEvent(queue, userId);
  const before = await Promise.all(queues.map(waiting));
  await customer.call('DELETE', '/api/v1/users/me', { body: { currentPassword: customer.password } });
  const expected = before.map((count) => count - 1);
  const counted = await until(
    () => Promise.all(queues.map(waiting)),
    (counts) => counts.every((count, index) => count <= expected[index]!),
  );
  expect(counted).toEqual(expected);
});
