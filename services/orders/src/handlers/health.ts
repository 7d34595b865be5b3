import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { healthRoute } from '../api.ts';
import { database } from '../app.ts';

/** Reports whether the database is reachable. */
export const handler = httpHandler(healthRoute, async () => {
  await database().query('SELECT 1');
  return ok({ status: 'ok', service: 'orders', checks: { database: 'ok' } });
});
