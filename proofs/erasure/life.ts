import { randomUUID } from 'node:crypto';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { RunningShop } from '../../bench/shop-process.ts';
import { invokeWith } from '../../client/invoke.ts';
import { type Customer, newCustomers } from '../../client/new-customer.ts';
import { addProduct, ensureCategory, type Order, orderIn, until } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { withClient } from '../load/postgres.ts';
import type { Person } from './needles.ts';

/** A customer with what it has done. */
export type Life = { person: Person; customer: Customer; orders: Order[] };

const name = 'Quillon Zarathuster';
const address = {
  name,
  line1: 'Wolkenkuckucksweg 77',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
  phone: '+4930901820',
};

/**
 * A full life: orders that were completed, shipped, cancelled and refunded, and one that is still open; addresses, consents,
 * an export, repeated requests, failed sign-ins, mails, and events that failed or were not delivered.
 */
export async function liveALife(shop: RunningShop): Promise<Life> {
  const visitor = new ShopClient(shop.apiUrl);
  const staff = await visitor.signIn(shop.admin.email, shop.admin.password);
  const customer = await newCustomers(visitor, invokeWith(new LambdaClient(shop.aws)), shop)(name);
  await ensureCategory(staff, 'proof', 'Proof');
  const { productId } = await addProduct(staff, { name: 'Proof', category: 'proof', cents: 900, stock: 50 });
  const paid = async () => {
    const body = {
      lines: [{ productId, quantity: 1 }],
      shippingAddress: address,
      paymentMethod: 'pm_card_visa',
    };
    const { id } = await customer.call<Order>('POST', '/api/v1/orders', { body, key: randomUUID() });
    return orderIn(customer, id, 'paid');
  };
  const act = (client: ShopClient, { id }: Order, path: string, body: object = {}) =>
    client.call<Order>('POST', `/api/v1/orders/${id}/${path}`, { body, key: randomUUID() });
  const [completed, shipped, cancelled, open] = [await paid(), await paid(), await paid(), await paid()];
  for (const order of [completed, shipped])
    await act(staff, order, 'shipment', { carrier: 'Post', trackingNumber: 'XY123' });
  await act(staff, completed, 'completion');
  await act(customer, cancelled, 'cancellation');
  await useTheAccount(visitor, customer);
  await failEvents(shop, customer);
  const person = { email: customer.email, name, phone: address.phone, street: address.line1 };
  return { person, customer, orders: [completed, shipped, cancelled, open] };
}

async function useTheAccount(visitor: ShopClient, customer: Customer): Promise<void> {
  const me = await customer.send<{ email: string; locale: string }>('GET', '/api/v1/users/me');
  await customer.call('PUT', '/api/v1/users/me', {
    body: { name: `${name} the Second`, locale: 'de' },
    headers: { 'if-match': me.headers.get('etag') ?? '' },
    key: randomUUID(),
  });
  await customer.call('POST', '/api/v1/users/me/addresses', { body: address, key: randomUUID() });
  const consent = { granted: true, wording: '2026-11' };
  await customer.call('PUT', '/api/v1/users/me/consents/newsletter', { body: consent });
  await customer.call('POST', '/api/v1/users/me/export');
  const wrong = { email: customer.email, password: 'not the password' };
  await visitor.send('POST', '/api/v1/auth/login', { body: wrong });
  await visitor.send('POST', '/api/v1/auth/register', { body: { ...wrong, name } });
  await visitor.send('POST', '/api/v1/auth/password-reset', { body: { email: customer.email } });
  await customer.send('POST', '/api/v1/orders', { body: { shippingAddress: address }, key: randomUUID() });
  await until(
    () => customer.call<{ items: unknown[] }>('GET', '/api/v1/notifications'),
    ({ items }) => items.length >= 7,
  );
}

/** Puts the person's own events where failed and undelivered ones wait for an operator. */
async function failEvents(shop: RunningShop, { userId }: Customer): Promise<void> {
  const sqs = new SQSClient(shop.aws);
  const events = await withClient(shop.database, 'users', async (client) => {
    const sql = 'SELECT message FROM outbox WHERE aggregate_id = $1';
    return (await client.query<{ message: string }>(sql, [userId])).rows.map(({ message }) => message);
  });
  for (const queue of ['notification-queue-dead-letters', 'notification-queue-user-events-undelivered.fifo'])
    for (const MessageBody of events) {
      const QueueName = `${shop.project}-${shop.stage}-${queue}`;
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      const fifo = { MessageGroupId: userId, MessageDeduplicationId: randomUUID() };
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody, ...(queue.endsWith('.fifo') ? fifo : {}) }),
      );
    }
  sqs.destroy();
}
