import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { health } from '../api.ts';
import { database } from '../app.ts';

/** Whether the database answers. */
export const handler = httpHandler(health, async () => {
  await database().query('SELECT 1');
  return ok({ status: 'ok', service: 'payments', checks: { database: 'ok' } });
});
