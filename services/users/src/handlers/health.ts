import { Unavailable } from '#shared/errors.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { healthRoute } from '../api.ts';
import { database } from '../app.ts';

/** Reports whether the database is reachable. */
export const handler = httpHandler(healthRoute, async () => {
  await database()
    .query('SELECT FROM users LIMIT 1')
    .catch((cause: unknown) => {
      throw new Unavailable('The database is not reachable.', { cause });
    });
  return ok({ status: 'ok', service: 'users', checks: { database: 'ok' } });
});
