import { DataExportRequested, UserErased } from '#shared/events/privacy.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { contacts, eraseUserDeps, exportPart, messages } from '../app.ts';
import { notificationView } from '../views.ts';
import { eraseUser } from '../workflows/erase-user.ts';

/** Writes contact and messages to an export; deletes those of an erased user. */
export const handler = queueHandler([
  on(DataExportRequested, async ({ data: { exportId, userId } }) => {
    const contact = await contacts().find(userId);
    const sent = await messages().all(userId);
    await exportPart()(exportId, { contact: contact ?? null, messages: sent.map(notificationView) });
  }),
  on(UserErased, ({ data }) => eraseUser(eraseUserDeps(), data.userId)),
]);
