import { httpHandler } from '#shared/lambda/http.ts';
import { idempotently } from '#shared/postgres/idempotency.ts';
import { orderAnswer } from '../answers.ts';
import { cancelOrder } from '../api.ts';
import { clock, database, orders } from '../app.ts';
import { reasonOf, visibleTo } from '../domain/access.ts';
import { decide } from '../domain/decide.ts';
import type { Order } from '../domain/order.ts';

/** Cancels an order for its customer or for the staff; stock and money follow by the event. */
export const handler = httpHandler(cancelOrder, async ({ params, caller, cause, idempotency }) =>
  idempotently(database(), idempotency, async (_, complete) => {
    const cancel = (order: Order) => {
      visibleTo(caller, order, 'orders:cancel-any');
      return decide(order, { kind: 'cancel', reason: reasonOf(caller, order), at: clock() });
    };
    const order = await orders().change(params.id, cancel, cause, (changed, condition) =>
      complete.part(orderAnswer(changed), condition),
    );
    return orderAnswer(order);
  }),
);
