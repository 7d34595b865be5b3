import { httpHandler } from '#shared/lambda/http.ts';
import { idempotently } from '#shared/postgres/idempotency.ts';
import { orderAnswer } from '../answers.ts';
import { completeOrder } from '../api.ts';
import { clock, database, orders } from '../app.ts';
import { decide } from '../domain/decide.ts';
import type { Order } from '../domain/order.ts';

/** Closes a shipped order. */
export const handler = httpHandler(completeOrder, async ({ params, cause, idempotency }) =>
  idempotently(database(), idempotency, async (_, complete) => {
    const close = (order: Order) => decide(order, { kind: 'complete', at: clock() });
    const order = await orders().change(params.id, close, cause, (changed, condition) =>
      complete.part(orderAnswer(changed), condition),
    );
    return orderAnswer(order);
  }),
);
