import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { cancelOrderRoute } from '../api.ts';
import { commandMeta, idempotencyStore, orders } from '../app.ts';
import { cancelAs } from '../domain/access.ts';
import { orderResponse } from '../views.ts';

/** Cancels an order for its customer or for staff; the event releases stock and refunds money. */
export const handler = httpHandler(cancelOrderRoute, ({ params, caller, cause, idempotency }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
    const order = await orders().change(params.id, (current) => cancelAs(caller, current, commandMeta()), {
      cause,
      request: { started, respond: orderResponse },
    });
    return orderResponse(order);
  }),
);
