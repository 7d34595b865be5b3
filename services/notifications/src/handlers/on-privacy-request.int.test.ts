import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DataExportRequested, UserErased } from '#shared/events/privacy.ts';
import { ContactUpdated } from '#shared/events/users.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { exportedPart } from '#shared/testing/exported.ts';
import { mailsTo } from '#shared/testing/mails.ts';
import { aCustomer, notificationsService, paid, registered } from '../../testing/notifications-service.ts';

const notifications = await notificationsService();
const sqs = new SQSClient({});
afterAll(() => sqs.destroy());

const erasureOf = (userId: string) => anEvent(UserErased, { userId }, { aggregateId: userId, sequence: 2 });
const none = { batchItemFailures: [] };
const listOf = async (userId: string) =>
  (await notifications.list({ caller: { userId, roles: ['customer'] } })).body.items;

describe('an erased user', () => {
  test('has no contact and no messages; twice is the same', async () => {
    const customer = aCustomer();
    await notifications.deliver(registered(customer), paid(customer));
    expect(await listOf(customer.userId)).toHaveLength(2);
    const event = erasureOf(customer.userId);
    for (const _ of [1, 2]) expect(await notifications.deliverPrivacy(event)).toEqual(none);
    expect(await listOf(customer.userId)).toEqual([]);
  });

  test.each([
    ['a registration', registered],
    [
      'a newer contact',
      (customer: ReturnType<typeof aCustomer>) => anEvent(ContactUpdated, customer, { sequence: 7 }),
    ],
    ['a paid order', paid],
  ])('gets no mail for %s that arrives late, and is not stored again', async (_, event) => {
    const customer = aCustomer();
    expect(await notifications.deliverPrivacy(erasureOf(customer.userId))).toEqual(none);
    expect(await notifications.deliver(event(customer))).toEqual([]);
    expect(await mailsTo(customer.email)).toEqual([]);
    const exportId = newId();
    await notifications.deliverPrivacy(anEvent(DataExportRequested, { exportId, userId: customer.userId }));
    expect(await exportedPart(notifications.bucket, exportId, 'notifications')).toEqual({
      contact: null,
      messages: [],
    });
  });

  test('is in no failed or undelivered event; those of others stay visible', async () => {
    const [customer, another] = [aCustomer(), aCustomer()];
    for (const { userId, ...contact } of [customer, another]) {
      const MessageBody = JSON.stringify(registered({ userId, ...contact }));
      await sqs.send(new SendMessageCommand({ QueueUrl: notifications.failed.url, MessageBody }));
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: notifications.undelivered.url,
          MessageBody,
          MessageGroupId: userId,
          MessageDeduplicationId: newId(),
        }),
      );
    }
    expect(await notifications.deliverPrivacy(erasureOf(customer.userId))).toEqual(none);
    for (const { url: QueueUrl } of [notifications.failed, notifications.undelivered]) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      expect(Messages.map(({ Body = '' }) => (JSON.parse(Body) as { data: object }).data)).toEqual([
        expect.objectContaining({ userId: another.userId }),
      ]);
    }
  });
});

test('an export contains contact and messages, without the provider id of a mail', async () => {
  const customer = aCustomer();
  await notifications.deliver(registered(customer), paid(customer));
  const exportId = newId();
  await notifications.deliverPrivacy(anEvent(DataExportRequested, { exportId, userId: customer.userId }));
  const exported = (await exportedPart(notifications.bucket, exportId, 'notifications')) as {
    contact: object;
    messages: { template: string }[];
  };
  expect(exported.contact).toMatchObject({ email: customer.email, name: customer.name });
  // Both events may have the same time: their order is not defined.
  const messages = exported.messages.toSorted((one, other) => one.template.localeCompare(other.template));
  const fields = ['id', 'occurredAt', 'sentAt', 'status', 'subject', 'template'];
  expect(messages.map((message) => [message.template, Object.keys(message).toSorted()])).toEqual([
    ['order-paid', [...fields, 'orderId'].toSorted()],
    ['welcome', fields],
  ]);
});
