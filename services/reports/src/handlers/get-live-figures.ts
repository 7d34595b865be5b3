import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getLiveFigures } from '../api.ts';
import { clock, counters } from '../app.ts';
import { dayOf } from '../domain/order-row.ts';

/** Gives today's counters (UTC) as the events arrive. */
export const handler = httpHandler(getLiveFigures, async () => {
  const date = dayOf(clock());
  return ok({ date, ...(await counters().ofDay(date)) });
});
