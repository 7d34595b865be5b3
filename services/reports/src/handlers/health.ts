import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { healthRoute } from '../api.ts';
import { clock, counters } from '../app.ts';
import { dayOf } from '../domain/order-row.ts';

/** Reads today's counters: the service works if the table responds. */
export const handler = httpHandler(healthRoute, async () => {
  await counters().ofDay(dayOf(clock()));
  return ok({ status: 'ok', service: 'reports' });
});
