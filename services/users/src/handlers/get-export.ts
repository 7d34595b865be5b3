import { httpHandler } from '#shared/lambda/http.ts';
import { missingFrom } from '#shared/privacy/data-export.ts';
import { getExportRoute } from '../api.ts';
import { clock, dataExports, exportFiles } from '../app.ts';
import { ExportNotFound } from '../domain/errors.ts';
import { exportResponse } from '../views.ts';

/** Returns an export of the caller; a complete one with a new link. */
export const handler = httpHandler(getExportRoute, async ({ params, caller }) => {
  const found = await dataExports().find(caller.userId, params.id, clock());
  if (found === undefined) throw new ExportNotFound('There is no such export, or it has expired.');
  if (found.completedAt !== undefined)
    return exportResponse(found, found.missing, await exportFiles().linkTo(found.id, clock()));
  return exportResponse(found, missingFrom(await exportFiles().contributors(found.id)));
});
