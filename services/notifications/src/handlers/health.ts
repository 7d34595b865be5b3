import { Unavailable } from '#shared/errors.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { healthRoute } from '../api.ts';
import { readTable } from '../app.ts';

/** Says whether the table answers. */
export const handler = httpHandler(healthRoute, async () => {
  await readTable().catch((cause: unknown) => {
    throw new Unavailable('The table does not answer.', { cause });
  });
  return ok({ status: 'ok', service: 'notifications', checks: { table: 'ok' } });
});
