import { randomUUID } from 'node:crypto';
import type { EventEnvelope } from '#shared/events/event.ts';
import { OrderCancelled, OrderPaid, OrderShipped } from '#shared/events/orders.ts';
import { UserRegistered } from '#shared/events/users.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { aBucket, aQueue, tables } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { sqsEvent } from '#shared/testing/queue.ts';
import { aSecret } from '#shared/testing/secrets.ts';

/** The key of the tokens in mails. */
export const testKey = 'k'.repeat(64);

/** The notifications service on fresh tables: `const notifications = await notificationsService();` at the top of a file. */
export async function notificationsService() {
  const names = await tables('notifications');
  const [bucket, failed, undelivered] = [await aBucket(), await aQueue(), await aQueue({ fifo: true })];
  setEnvironment({
    NOTIFICATIONS_TABLE: names.notifications,
    MAIL_FROM: 'orders@shop.example',
    MAIL_CONFIGURATION_SET: 'shop-test-mails',
    SHOP_URL: 'https://www.shop.example',
    MAIL_TOKEN_KEY_SECRET_ID: await aSecret(JSON.stringify({ key: testKey })),
    USER_FILES_BUCKET: bucket,
    DEAD_LETTERS_URL: failed.url,
    UNDELIVERED_URLS: undelivered.url,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  const { handler: onCustomerEvent } = await import('../src/handlers/on-customer-event.ts');
  const { handler: onPrivacyRequest } = await import('../src/handlers/on-privacy-request.ts');
  const { handler: list } = await import('../src/handlers/list-notifications.ts');
  const { handler: health } = await import('../src/handlers/health.ts');
  const api = await import('../src/api.ts');
  return {
    tables: names,
    bucket,
    failed,
    undelivered,
    /** Delivers events in one batch; returns the indexes of those that failed. */
    deliver: async (...events: EventEnvelope[]) => {
      const { batchItemFailures } = await onCustomerEvent(sqsEvent(...events), lambdaContext());
      return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.replace('message-', '')));
    },
    /** Delivers an erasure or a request for an export. */
    deliverPrivacy: (event: EventEnvelope) => onPrivacyRequest(sqsEvent(event), lambdaContext()),
    list: (request: TestRequest) => send<NotificationPage>(list, api.listNotificationsRoute, request),
    health: () => send(health, api.healthRoute),
  };
}

/** A page of notifications as the API returns it. */
export type NotificationPage = {
  items: { id: string; template: string; subject: string; orderId?: string; status: string }[];
  nextCursor?: string;
  code?: string;
  errors?: { field: string }[];
};

/** A customer with a unique address. */
export const aCustomer = (over: { name?: string } = {}) => ({
  userId: randomUUID(),
  email: `${randomUUID()}@example.com`,
  name: 'Ada Lovelace',
  ...over,
});
export type Customer = ReturnType<typeof aCustomer>;

const anOrderOf = ({ userId }: Customer) => ({
  orderId: randomUUID(),
  userId,
  orderNumber: '2026-000042',
  totalCents: 2550,
  currency: 'EUR' as const,
});

/** The customer opened an account. */
export const registered = (customer: Customer) => anEvent(UserRegistered, customer);
/** An order of the customer was paid. */
export const paid = (customer: Customer, over: { name?: string } = {}) =>
  anEvent(OrderPaid, {
    ...anOrderOf(customer),
    paymentId: randomUUID(),
    lines: [{ productId: randomUUID(), name: 'Lamp', quantity: 2, unitPriceCents: 1275, ...over }],
  });
/** An order of the customer was handed to a carrier. */
export const shipped = (customer: Customer) =>
  anEvent(OrderShipped, { ...anOrderOf(customer), carrier: 'Post', trackingNumber: 'XY 123' });
/** An order of the customer was cancelled. */
export const cancelled = (customer: Customer) =>
  anEvent(OrderCancelled, { ...anOrderOf(customer), reason: 'payment-failed', wasPaid: false });
