import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { health } from '../api.ts';
import { media } from '../app.ts';

/** Looks for an upload that cannot be there: if the table answers that, the service works. */
export const handler = httpHandler(health, async () => {
  await media().find('health');
  return ok({ status: 'ok', service: 'media', checks: { table: 'ok' } });
});
