import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { systemClock } from '#shared/clock.ts';
import { dynamoClient } from '#shared/dynamo/dynamo.ts';
import { tables } from '#shared/testing/engines.ts';
import { mailsTo } from '#shared/testing/mails.ts';
import { aCustomer, paid } from '../../testing/notifications-service.ts';
import { messageAbout } from '../domain/message.ts';
import { orderPaidMail } from '../domain/templates.ts';
import { delivery } from './delivery.ts';
import { once } from './idempotent-delivery.ts';
import { sesMailer } from './mailer.ts';
import { messageLog } from './message-log.ts';

const names = await tables('notifications');
const client = dynamoClient();
afterAll(() => client.destroy());
const log = messageLog(client, names.notifications);

/** SES behind a port where nobody listens any more. */
async function anUnreachableSes(): Promise<SESv2Client> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new SESv2Client({ endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 });
}

const deliveryBy = (ses?: SESv2Client) =>
  delivery(once(log), sesMailer('orders@shop.example', ses), systemClock);

function aPaidOrder() {
  const customer = aCustomer();
  const contact = { ...customer, locale: 'en', sequence: 1 };
  const event = paid(customer);
  return { customer, contact, event, mail: orderPaidMail(event, contact) };
}

const statusesOf = async (userId: string) =>
  (await log.list(userId, { limit: 10 })).items.map(({ status }) => status);

test('a mail that SES did not take stays recorded as sending, and is sent when its event comes back', async () => {
  const { customer, contact, event, mail } = aPaidOrder();
  await expect(deliveryBy(await anUnreachableSes())(event, 'order-paid', contact, mail)).rejects.toThrow(
    'ECONNREFUSED',
  );
  expect([await statusesOf(customer.userId), await mailsTo(customer.email)]).toEqual([['sending'], []]);
  await deliveryBy()(event, 'order-paid', contact, mail);
  expect([await statusesOf(customer.userId), (await mailsTo(customer.email)).length]).toEqual([['sent'], 1]);
});

test('another process knows what was sent', async () => {
  const { customer, contact, event, mail } = aPaidOrder();
  await deliveryBy()(event, 'order-paid', contact, mail);
  await deliveryBy()(event, 'order-paid', contact, mail);
  expect(await mailsTo(customer.email)).toHaveLength(1);
});

test.each([
  ['waits while another process is at it', 60_000, 0],
  ['is sent when the time of a process that died is over', -1, 1],
])('a message that was taken up %s', async (_, leftMs, mails) => {
  const { customer, contact, event, mail } = aPaidOrder();
  const message = messageAbout(event, 'order-paid', mail.subject);
  expect(await log.claim(message, Date.now() + leftMs)).toBe(true);
  const delivered = deliveryBy()(event, 'order-paid', contact, mail);
  await (mails === 0 ? expect(delivered).rejects.toThrow() : delivered);
  expect(await mailsTo(customer.email)).toHaveLength(mails);
});

test('messages of one batch are told apart', async () => {
  const [first, second] = [aPaidOrder(), aPaidOrder()];
  const tell = ({ event, contact, mail }: typeof first) => deliveryBy()(event, 'order-paid', contact, mail);
  await tell(first);
  const deliver = deliveryBy();
  await Promise.all(
    [first, second].map(({ event, contact, mail }) => deliver(event, 'order-paid', contact, mail)),
  );
  expect((await mailsTo(first.customer.email)).length).toBe(1);
  expect((await mailsTo(second.customer.email)).length).toBe(1);
});
