import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listNotificationsRoute } from '../api.ts';
import { messages } from '../app.ts';
import type { Message } from '../domain/message.ts';

const toNotification = ({ id, template, subject, orderId, occurredAt, status, sentAt }: Message) => ({
  id,
  template,
  subject,
  orderId,
  occurredAt,
  status,
  sentAt,
});

/** Lists what the caller was told, newest first. */
export const handler = httpHandler(listNotificationsRoute, async ({ caller, query }) => {
  const { items, ...rest } = await messages().list(caller.userId, query);
  return ok({ items: items.map(toNotification), ...rest });
});
