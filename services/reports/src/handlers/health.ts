import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { health } from '../api.ts';
import { clock, counters } from '../app.ts';
import { dayOf } from '../domain/order-row.ts';

/** Reads today's counters: if that works, so does the service. */
export const handler = httpHandler(health, async () => {
  await counters().ofDay(dayOf(clock()));
  return ok({ status: 'ok', service: 'reports' });
});
