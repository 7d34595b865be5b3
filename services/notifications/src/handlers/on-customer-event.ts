import type { EventEnvelope } from '#shared/events/event.ts';
import { OrderCancelled, OrderPaid, OrderShipped } from '#shared/events/orders.ts';
import {
  ContactUpdated,
  EmailVerificationRequested,
  KnownEmailGiven,
  PasswordChanged,
  PasswordResetRequested,
  StaffInvited,
  UserRegistered,
} from '#shared/events/users.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { contacts, deliverMail, linkFor } from '../app.ts';
import {
  addressChangedMail,
  confirmAddressMail,
  confirmNewAddressMail,
  invitationMail,
  knownAddressMail,
  passwordChangedMail,
  resetPasswordMail,
  welcomeMail,
} from '../domain/account-mails.ts';
import type { Contact } from '../domain/contact.ts';
import type { Mail } from '../domain/mail.ts';
import { orderCancelledMail, orderPaidMail, orderShippedMail } from '../domain/order-mails.ts';
import type { Template } from '../domain/templates.ts';

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

/** Mails the address that an event names: it may not be, or no longer be, that of the contact. */
const mailTo =
  <E extends EventEnvelope<string, { userId: string; email: string }>>(
    template: (event: E) => Template,
    compose: (event: E) => Mail | Promise<Mail>,
  ) =>
  async (event: E) => {
    if (await contacts().isErased(event.data.userId)) return;
    await deliverMail()(event, template(event), event.data, await compose(event));
  };

/** Stores each user's contact and mails users about their account and orders. */
export const handler = queueHandler([
  on(
    EmailVerificationRequested,
    mailTo(
      ({ data }) => (data.purpose === 'verify-email' ? 'confirm-address' : 'confirm-new-address'),
      async ({ data: { purpose, tokenId } }) => {
        const link = await linkFor(purpose, tokenId);
        return purpose === 'verify-email' ? confirmAddressMail(link) : confirmNewAddressMail(link);
      },
    ),
  ),
  on(
    KnownEmailGiven,
    mailTo(() => 'known-address', knownAddressMail),
  ),
  on(
    PasswordResetRequested,
    mailTo(
      () => 'reset-password',
      async ({ data }) => resetPasswordMail(await linkFor('reset-password', data.tokenId)),
    ),
  ),
  on(
    StaffInvited,
    mailTo(
      () => 'invitation',
      async ({ data }) => invitationMail(await linkFor('invitation', data.tokenId)),
    ),
  ),
  on(
    PasswordChanged,
    mailTo(() => 'password-changed', passwordChangedMail),
  ),
  on(UserRegistered, async (event) => {
    const contact = { ...event.data, sequence: event.sequence };
    if (await contacts().store(contact)) await deliverMail()(event, 'welcome', contact, welcomeMail(contact));
  }),
  on(ContactUpdated, async (event) => {
    const { previousEmail, ...contact } = event.data;
    const isKnown = await contacts().store({ ...contact, sequence: event.sequence });
    if (isKnown && previousEmail !== undefined)
      await deliverMail()(event, 'address-changed', { email: previousEmail }, addressChangedMail());
  }),
  on(OrderPaid, mailAbout('order-paid', orderPaidMail)),
  on(OrderShipped, mailAbout('order-shipped', orderShippedMail)),
  on(OrderCancelled, mailAbout('order-cancelled', orderCancelledMail)),
]);
