import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { shipOrderRoute } from '../api.ts';
import { commandMeta, idempotencyStore, orders } from '../app.ts';
import { decideOrder } from '../domain/decide.ts';
import type { Order } from '../domain/order.ts';
import { orderResponse } from '../views.ts';

/** Records the shipment of a paid order. */
export const handler = httpHandler(shipOrderRoute, ({ params, body, cause, idempotency }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
    const ship = (order: Order) => decideOrder(order, { kind: 'ship', ...body, ...commandMeta() });
    const request = { started, respond: orderResponse };
    return orderResponse(await orders().change(params.id, ship, { cause, request }));
  }),
);
