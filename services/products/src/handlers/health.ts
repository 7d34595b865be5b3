import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { health } from '../api.ts';
import { categories } from '../app.ts';

/** Reads a category: if that works, so does the service. */
export const handler = httpHandler(health, async () => {
  await categories().list(1, undefined);
  return ok({ status: 'ok', service: 'products', checks: { tables: 'ok' } });
});
