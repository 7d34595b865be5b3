import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listNotificationsRoute } from '../api.ts';
import { messages } from '../app.ts';
import { notificationView } from '../views.ts';

/** Lists the caller's notifications, newest first. */
export const handler = httpHandler(listNotificationsRoute, async ({ caller, query }) => {
  const { items, ...rest } = await messages().list(caller.userId, query);
  return ok({ items: items.map(notificationView), ...rest });
});
