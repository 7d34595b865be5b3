import type { EventEnvelope } from '#shared/events/event.ts';
import type { Template } from './templates.ts';

/** `sending` until SES has taken it; a message that stays so was cut off, and is sent again when its event comes back. */
export type MessageStatus = 'sending' | 'sent';

/** One mail to one user about one event. It names no address: that is in the contact alone. */
export type Message = {
  /** The id of the event that it tells of. */
  id: string;
  userId: string;
  template: Template;
  subject: string;
  orderId?: string;
  /** When what it tells of happened. */
  occurredAt: string;
  status: MessageStatus;
} & Partial<Sent>;

/** How a message went out. */
export type Sent = {
  sentAt: string;
  /** SES's own id of it. */
  providerMessageId: string;
};

/** The message about an event, before it is sent. */
export function messageAbout(
  event: EventEnvelope<string, { userId: string; orderId?: string }>,
  template: Template,
  subject: string,
): Message {
  const { userId, orderId } = event.data;
  return {
    id: event.id,
    userId,
    template,
    subject,
    ...(orderId === undefined ? {} : { orderId }),
    occurredAt: event.time,
    status: 'sending',
  };
}
