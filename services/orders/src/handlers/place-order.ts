import { httpHandler } from '#shared/lambda/http.ts';
import { idempotently } from '#shared/postgres/idempotency.ts';
import { placeOrder as route } from '../api.ts';
import { catalog, clock, database, orders } from '../app.ts';
import { mergeLines } from '../domain/place.ts';
import { placeOrder } from '../workflows/place-order.ts';

/** Places an order: reserves the stock, then writes order, event and response in one statement. */
export const handler = httpHandler(route, async ({ body, caller, cause, idempotency }) => {
  const request = { ...body, userId: caller.userId, lines: mergeLines(body.lines) };
  return idempotently(database(), idempotency, (orderId, complete) =>
    placeOrder({ catalog: catalog(), orders: orders(), clock }, { ...request, orderId }, cause, complete),
  );
});
