import { OrderCancelled, OrderPaid, OrderShipped } from '#shared/events/orders.ts';
import { ContactUpdated, UserRegistered } from '#shared/events/users.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { contacts, deliver } from '../app.ts';
import { orderCancelledMail, orderPaidMail, orderShippedMail, welcomeMail } from '../domain/templates.ts';

/** Keeps how to reach each user, and tells them what happened. */
export const handler = queueHandler([
  on(UserRegistered, async (event) => {
    const contact = { ...event.data, sequence: event.sequence };
    await contacts().keep(contact);
    await deliver()(event, 'welcome', contact, welcomeMail(contact));
  }),
  on(ContactUpdated, ({ data, sequence }) => contacts().keep({ ...data, sequence })),
  on(OrderPaid, async (event) => {
    const to = await contacts().find(event.data.userId);
    await deliver()(event, 'order-paid', to, orderPaidMail(event, to));
  }),
  on(OrderShipped, async (event) => {
    const to = await contacts().find(event.data.userId);
    await deliver()(event, 'order-shipped', to, orderShippedMail(event, to));
  }),
  on(OrderCancelled, async (event) => {
    const to = await contacts().find(event.data.userId);
    await deliver()(event, 'order-cancelled', to, orderCancelledMail(event, to));
  }),
]);
