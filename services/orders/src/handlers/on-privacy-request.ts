import { DataExportRequested, UserErased } from '#shared/events/privacy.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { commandMeta, customers, exportPart, orders } from '../app.ts';
import { orderBody } from '../views.ts';
import { eraseCustomer } from '../workflows/erase-customer.ts';

/** Writes the customer's orders to an export; removes an erased customer from them. */
export const handler = queueHandler([
  on(DataExportRequested, async ({ data: { exportId, userId } }) => {
    const orders = await customers().ordersOf(userId);
    await exportPart()(exportId, { orders: orders.map(orderBody) });
  }),
  on(UserErased, ({ id: eventId, data }, cause) =>
    eraseCustomer({ customers: customers(), orders: orders(), commandMeta }, data.userId, cause, {
      subscriber: 'orders.on-privacy-request',
      eventId,
    }),
  ),
]);
