import type { EnvelopeOf } from '#shared/events/event.ts';
import type { cancellationReasons, OrderCancelled, OrderPaid, OrderShipped } from '#shared/events/orders.ts';
import { formatMoney } from '#shared/money.ts';
import type { Contact } from './contact.ts';
import { compose, type Mail } from './mail.ts';

const greeting = (to: Contact): string => `Hello ${to.name},`;

/** Confirms a paid order. */
export const orderPaidMail = ({ data }: EnvelopeOf<typeof OrderPaid>, to: Contact): Mail =>
  compose({
    subject: `Your order ${data.orderNumber}`,
    greeting: greeting(to),
    paragraphs: [
      `thank you for your order ${data.orderNumber}. We have received your payment of ${formatMoney({ amountCents: data.totalCents, currency: data.currency })} and are packing:`,
    ],
    list: data.lines.map(
      ({ name, quantity, unitPriceCents }) =>
        `${quantity} × ${name}, ${formatMoney({ amountCents: unitPriceCents, currency: data.currency })} each`,
    ),
  });

/** The mail about a shipped order, with its tracking number. */
export const orderShippedMail = ({ data }: EnvelopeOf<typeof OrderShipped>, to: Contact): Mail =>
  compose({
    subject: `Your order ${data.orderNumber} is on its way`,
    greeting: greeting(to),
    paragraphs: [
      `your order ${data.orderNumber} has left our warehouse with ${data.carrier}.`,
      `Tracking number: ${data.trackingNumber}`,
    ],
  });

const reasons: Record<(typeof cancellationReasons)[number], string> = {
  'payment-failed': 'the payment was declined',
  'payment-overdue': 'no payment arrived in time',
  'customer-request': 'you asked us to',
  'stock-lost': 'an article is no longer in stock',
  'staff-decision': 'we cannot fulfil it',
};

/** The mail about a cancelled order, with the reason. */
export const orderCancelledMail = ({ data }: EnvelopeOf<typeof OrderCancelled>, to: Contact): Mail =>
  compose({
    subject: `Your order ${data.orderNumber} was cancelled`,
    greeting: greeting(to),
    paragraphs: [
      `your order ${data.orderNumber} was cancelled: ${reasons[data.reason]}.`,
      data.wasPaid
        ? `Your payment of ${formatMoney({ amountCents: data.totalCents, currency: data.currency })} is on its way back to you.`
        : 'You have not been charged.',
    ],
  });
