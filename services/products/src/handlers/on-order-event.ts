import { OrderCancelled, OrderPaid } from '#shared/events/orders.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { reservationDeps } from '../app.ts';
import { confirmReservation } from '../workflows/confirm-reservation.ts';
import { releaseReservation } from '../workflows/release-reservation.ts';

const handled = (eventId: string) => ({ subscriber: 'products.on-order-event', eventId });

/** Confirms the reservation of a paid order and releases that of a cancelled one. */
export const handler = queueHandler([
  on(OrderPaid, ({ id, data }, cause) =>
    confirmReservation(reservationDeps(), data, { handled: handled(id), cause }),
  ),
  on(OrderCancelled, ({ id, data }) => releaseReservation(reservationDeps(), data.orderId, handled(id))),
]);
