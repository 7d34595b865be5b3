import type { EventEnvelope } from '#shared/events/event.ts';
import type { Template } from './templates.ts';

/** `sending` until SES has accepted the mail; an interrupted one is sent when its event is delivered again. */
export type MessageStatus = 'sending' | 'sent';

/** One mail to one user about one event. It contains no address; only the contact does. */
export type Message = {
  /** The id of the event. */
  id: string;
  userId: string;
  template: Template;
  subject: string;
  orderId?: string;
  /** The time of the event, ISO 8601. */
  occurredAt: string;
  status: MessageStatus;
} & Partial<Sent>;

export type Sent = {
  sentAt: string;
  /** SES's message id. */
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
