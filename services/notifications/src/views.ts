import type { Message } from './domain/message.ts';

/** A message as the API shows it. */
export const notificationView = ({
  id,
  template,
  subject,
  orderId,
  occurredAt,
  status,
  sentAt,
}: Message) => ({ id, template, subject, orderId, occurredAt, status, sentAt });
