import type { EventEnvelope } from '#shared/events/event.ts';
import { OrderCancelled, OrderPaid, OrderShipped } from '#shared/events/orders.ts';
import { ContactUpdated, UserRegistered } from '#shared/events/users.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { contacts, deliverMail } from '../app.ts';
import type { Contact } from '../domain/contact.ts';
import type { Mail } from '../domain/mail.ts';
import {
  orderCancelledMail,
  orderPaidMail,
  orderShippedMail,
  type Template,
  welcomeMail,
} from '../domain/templates.ts';

/** Mails a user about an order; an erased user gets no mail. */
const mailAbout =
  <E extends EventEnvelope<string, { userId: string; orderId: string }>>(
    template: Template,
    compose: (event: E, to: Contact) => Mail,
  ) =>
  async (event: E) => {
    const to = await contacts().read(event.data.userId);
    if (to !== undefined) await deliverMail()(event, template, to, compose(event, to));
  };

/** Stores each user's contact and mails users about their account and orders. */
export const handler = queueHandler([
  on(UserRegistered, async (event) => {
    const contact = { ...event.data, sequence: event.sequence };
    if (await contacts().store(contact)) await deliverMail()(event, 'welcome', contact, welcomeMail(contact));
  }),
  on(ContactUpdated, ({ data, sequence }) => contacts().store({ ...data, sequence })),
  on(OrderPaid, mailAbout('order-paid', orderPaidMail)),
  on(OrderShipped, mailAbout('order-shipped', orderShippedMail)),
  on(OrderCancelled, mailAbout('order-cancelled', orderCancelledMail)),
]);
