import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { placeOrderRoute } from '../api.ts';
import { catalog, commandMeta, idempotencyStore, orders } from '../app.ts';
import { mergeLines } from '../domain/place.ts';
import { placedResponse } from '../views.ts';
import { placeOrder } from '../workflows/place-order.ts';

/** Places an order: reserves the stock, then writes order, event and response in one statement. */
export const handler = httpHandler(placeOrderRoute, ({ body, caller, cause, idempotency }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ resourceId, started }) => {
    const order = { ...body, orderId: resourceId, userId: caller.userId, lines: mergeLines(body.lines) };
    const request = { started, respond: placedResponse };
    const deps = { catalog: catalog(), orders: orders(), commandMeta };
    return placedResponse(await placeOrder(deps, order, { cause, request }));
  }),
);
