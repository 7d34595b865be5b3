import { httpHandler } from '#shared/lambda/http.ts';
import { idempotently } from '#shared/postgres/idempotency.ts';
import { orderAnswer } from '../answers.ts';
import { shipOrder } from '../api.ts';
import { clock, database, orders } from '../app.ts';
import { decide } from '../domain/decide.ts';
import type { Order } from '../domain/order.ts';

/** Notes the parcel of a paid order. */
export const handler = httpHandler(shipOrder, async ({ params, body, cause, idempotency }) =>
  idempotently(database(), idempotency, async (_, complete) => {
    const ship = (order: Order) => decide(order, { kind: 'ship', ...body, at: clock() });
    const order = await orders().change(params.id, ship, cause, (changed, condition) =>
      complete.part(orderAnswer(changed), condition),
    );
    return orderAnswer(order);
  }),
);
