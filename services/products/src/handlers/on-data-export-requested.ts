import { DataExportRequested } from '#shared/events/privacy.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { exportPart } from '../app.ts';

/** Tells an export that this service stores nothing about people. */
export const handler = queueHandler([
  on(DataExportRequested, ({ data }) =>
    exportPart()(data.exportId, { note: 'Stock and catalogue contain nothing about customers.' }),
  ),
]);
