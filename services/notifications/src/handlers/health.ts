import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { healthRoute } from '../api.ts';
import { readTable } from '../app.ts';

/** Reads an item that never exists: the service works if the table responds. */
export const handler = httpHandler(healthRoute, async () => {
  await readTable();
  return ok({ status: 'ok', service: 'notifications', checks: { table: 'ok' } });
});
