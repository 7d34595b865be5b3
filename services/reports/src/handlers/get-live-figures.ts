import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getLiveFiguresRoute } from '../api.ts';
import { clock, counters } from '../app.ts';
import { dayOf } from '../domain/order-row.ts';

/** Returns today's counters (UTC). */
export const handler = httpHandler(getLiveFiguresRoute, async () => {
  const date = dayOf(clock());
  return ok({ date, ...(await counters().ofDay(date)) });
});
