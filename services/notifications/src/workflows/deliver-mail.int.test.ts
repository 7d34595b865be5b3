import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { systemClock } from '#shared/clock.ts';
import { dynamoClient } from '#shared/dynamo/dynamo.ts';
import { Unavailable } from '#shared/errors.ts';
import { tables } from '#shared/testing/engines.ts';
import { mailsTo } from '#shared/testing/mails.ts';
import { expiryOf } from '#shared/testing/time-to-live.ts';
import { aCustomer, paid } from '../../testing/notifications-service.ts';
import { sesMailer } from '../adapters/mailer.ts';
import { messageLog } from '../adapters/message-log.ts';
import { messageAbout } from '../domain/message.ts';
import { orderPaidMail } from '../domain/order-mails.ts';
import { mailDelivery } from './deliver-mail.ts';

const names = await tables('notifications');
const client = dynamoClient();
afterAll(() => client.destroy());
const messages = messageLog(client, names.notifications);

/** An SES client for a port on which nothing listens. */
async function anUnreachableSes(): Promise<SESv2Client> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new SESv2Client({ endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 });
}

const deliveryBy = (ses?: SESv2Client) =>
  mailDelivery({
    messages,
    send: sesMailer('orders@shop.example', 'shop-test-mails', ses),
    clock: systemClock,
  });

function aPaidOrder() {
  const customer = aCustomer();
  const contact = { ...customer, locale: 'en', sequence: 1 };
  const event = paid(customer);
  return { customer, contact, event, mail: orderPaidMail(event, contact) };
}

const statusesOf = async (userId: string) =>
  (await messages.list(userId, { limit: 10 })).items.map(({ status }) => status);

test('a mail that SES did not accept stays in sending, and is sent when its event is delivered again', async () => {
  const { customer, contact, event, mail } = aPaidOrder();
  await expect(deliveryBy(await anUnreachableSes())(event, 'order-paid', contact, mail)).rejects.toThrow(
    'ECONNREFUSED',
  );
  expect([await statusesOf(customer.userId), await mailsTo(customer.email)]).toEqual([['sending'], []]);
  await deliveryBy()(event, 'order-paid', contact, mail);
  expect([await statusesOf(customer.userId), (await mailsTo(customer.email)).length]).toEqual([['sent'], 1]);
});

test('a mail is sent once by several processes', async () => {
  const { customer, contact, event, mail } = aPaidOrder();
  await deliveryBy()(event, 'order-paid', contact, mail);
  await deliveryBy()(event, 'order-paid', contact, mail);
  expect(await mailsTo(customer.email)).toHaveLength(1);
});

test.each([
  ['is not sent while another process has claimed it', 60_000, 0],
  ['is sent when the claim of a process that died has expired', -1, 1],
])('a message %s', async (_, leftMs, mails) => {
  const { customer, contact, event, mail } = aPaidOrder();
  const message = messageAbout(event, 'order-paid', mail.subject);
  expect(await messages.claim(message, Date.now() + leftMs, new Date())).toBe(true);
  const delivered = deliveryBy()(event, 'order-paid', contact, mail);
  await (mails === 0 ? expect(delivered).rejects.toThrow(Unavailable) : delivered);
  expect(await mailsTo(customer.email)).toHaveLength(mails);
});

test('a sent message does not affect another of the same batch', async () => {
  const [first, second] = [aPaidOrder(), aPaidOrder()];
  const deliverOne = ({ event, contact, mail }: typeof first) =>
    deliveryBy()(event, 'order-paid', contact, mail);
  await deliverOne(first);
  const deliver = deliveryBy();
  await Promise.all(
    [first, second].map(({ event, contact, mail }) => deliver(event, 'order-paid', contact, mail)),
  );
  expect((await mailsTo(first.customer.email)).length).toBe(1);
  expect((await mailsTo(second.customer.email)).length).toBe(1);
});

describe('a claim', () => {
  const day = 24 * 60 * 60 * 1000;
  const now = new Date('2027-03-01T12:00:00.000Z');
  const aMessage = () => {
    const { event, mail } = aPaidOrder();
    return messageAbout(event, 'order-paid', mail.subject);
  };

  test('expires after its time, not before', async () => {
    const message = aMessage();
    const until = now.getTime() + 5_000;
    expect(await messages.claim(message, until, now)).toBe(true);
    expect(await messages.claim(message, until + 1, new Date(until))).toBe(false);
    expect(await messages.claim(message, until + 5_000, new Date(until + 1))).toBe(true);
  });

  test('of another delivery is not released by one that lost its own', async () => {
    const message = aMessage();
    const [lost, current] = [now.getTime() - 1, now.getTime() + 5_000];
    await messages.claim(message, lost, new Date(now.getTime() - 5_001));
    expect(await messages.claim(message, current, now)).toBe(true);
    await messages.release(message, lost);
    expect(await messages.claim(message, current + 1, now)).toBe(false);
    await messages.release(message, current);
    expect(await messages.claim(message, current + 1, now)).toBe(true);
  });

  test('and the record of a sent mail are deleted a year after the event', async () => {
    const message = { ...aMessage(), occurredAt: now.toISOString() };
    const stored = async () => expiryOf('notifications', (await messages.find(message)) as unknown as object);
    const inAYear = new Date(now.getTime() + 365 * day);
    await messages.claim(message, now.getTime() + 5_000, now);
    expect(await stored()).toEqual(inAYear);
    await messages.recordSent(message, { sentAt: now.toISOString(), providerMessageId: 'id' });
    expect(await stored()).toEqual(inAYear);
  });
});
