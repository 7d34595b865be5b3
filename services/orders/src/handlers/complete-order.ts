import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { completeOrderRoute } from '../api.ts';
import { commandMeta, idempotencyStore, orders } from '../app.ts';
import { decideOrder } from '../domain/decide.ts';
import type { Order } from '../domain/order.ts';
import { orderResponse } from '../views.ts';

/** Completes a shipped order. */
export const handler = httpHandler(completeOrderRoute, ({ params, cause, idempotency }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
    const complete = (order: Order) => decideOrder(order, { kind: 'complete', ...commandMeta() });
    const request = { started, respond: orderResponse };
    return orderResponse(await orders().change(params.id, complete, { cause, request }));
  }),
);
