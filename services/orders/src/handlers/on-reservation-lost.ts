import { ReservationLost } from '#shared/events/products.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { handling } from '#shared/postgres/handled-events.ts';
import { clock, orders } from '../app.ts';
import { decide } from '../domain/decide.ts';

/** A paid order whose stock is gone is cancelled; the money goes back by that event. */
export const handler = queueHandler([
  on(ReservationLost, ({ id, data }, cause) =>
    orders().change(
      data.orderId,
      (order) => decide(order, { kind: 'lose-stock', at: clock() }),
      cause,
      (_, condition) => handling('orders.on-reservation-lost', id, condition),
    ),
  ),
]);
