import { ReservationLost } from '#shared/events/products.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { commandMeta, orders } from '../app.ts';
import { decideOrder } from '../domain/decide.ts';

/** Cancels a paid order whose stock is gone; that event refunds the money. */
export const handler = queueHandler([
  on(ReservationLost, ({ id: eventId, data }, cause) =>
    orders().change(
      data.orderId,
      (order) => decideOrder(order, { kind: 'lose-reservation', ...commandMeta() }),
      { cause, handled: { subscriber: 'orders.on-reservation-lost', eventId } },
    ),
  ),
]);
