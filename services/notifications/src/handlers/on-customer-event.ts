import { OrderCancelled, OrderPaid, OrderShipped } from '#shared/events/orders.ts';
import { ContactUpdated, UserRegistered } from '#shared/events/users.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { contacts, deliverMail } from '../app.ts';
import { orderCancelledMail, orderPaidMail, orderShippedMail, welcomeMail } from '../domain/templates.ts';

/** Stores each user's contact and mails users about their account and orders. */
export const handler = queueHandler([
  on(UserRegistered, async (event) => {
    const contact = { ...event.data, sequence: event.sequence };
    await contacts().store(contact);
    await deliverMail()(event, 'welcome', contact, welcomeMail(contact));
  }),
  on(ContactUpdated, ({ data, sequence }) => contacts().store({ ...data, sequence })),
  on(OrderPaid, async (event) => {
    const to = await contacts().read(event.data.userId);
    await deliverMail()(event, 'order-paid', to, orderPaidMail(event, to));
  }),
  on(OrderShipped, async (event) => {
    const to = await contacts().read(event.data.userId);
    await deliverMail()(event, 'order-shipped', to, orderShippedMail(event, to));
  }),
  on(OrderCancelled, async (event) => {
    const to = await contacts().read(event.data.userId);
    await deliverMail()(event, 'order-cancelled', to, orderCancelledMail(event, to));
  }),
]);
