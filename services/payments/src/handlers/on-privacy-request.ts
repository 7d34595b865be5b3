import { DataExportRequested, UserErased } from '#shared/events/privacy.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { customers, exportPart } from '../app.ts';
import { paymentBody } from '../views.ts';

/** Writes the customer's payments to an export; removes an erased customer from them. */
export const handler = queueHandler([
  on(DataExportRequested, async ({ data: { exportId, userId } }) => {
    const payments = await customers().paymentsOf(userId);
    await exportPart()(exportId, { payments: payments.map((payment) => paymentBody(payment, undefined)) });
  }),
  on(UserErased, ({ id: eventId, data }) =>
    customers().anonymise(data.userId, { subscriber: 'payments.on-privacy-request', eventId }),
  ),
]);
