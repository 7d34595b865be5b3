import { ReleaseStock } from '#shared/contracts/stock.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { reservationDeps } from '../app.ts';
import { releaseReservation } from '../workflows/release-reservation.ts';

/** Releases an order's reservation when the order could not be written; called by orders. */
export const handler = callHandler(ReleaseStock, async ({ orderId }) => ({
  ok: true,
  response: { released: await releaseReservation(reservationDeps(), orderId) },
}));
