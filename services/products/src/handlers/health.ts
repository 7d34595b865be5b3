import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { healthRoute } from '../api.ts';
import { categories } from '../app.ts';

/** Reads a category: the service works if the table responds. */
export const handler = httpHandler(healthRoute, async () => {
  await categories().list(1, undefined);
  return ok({ status: 'ok', service: 'products', checks: { tables: 'ok' } });
});
