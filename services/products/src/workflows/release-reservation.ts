import type { HandledEvent } from '#shared/dynamo/handled-events.ts';
import { linesToRelease } from '../domain/reservation.ts';
import { contended, maxAttempts, type ReservationDeps } from './reservation-deps.ts';

/**
 * Releases an order's reserved and confirmed lines; returns whether there were any. An order without lines is marked as
 * released, so that a reservation under way is refused. `handled` is the event that asks for the release, if any.
 */
export async function releaseReservation(
  { reservations, clock }: ReservationDeps,
  orderId: string,
  handled?: HandledEvent,
): Promise<boolean> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const now = clock();
    const reservation = await reservations.read(orderId);
    if (reservation.lines.length === 0 && reservation.releasedAt === undefined) {
      // Reads again afterwards: lines may have been written before the mark, but none can be after it.
      await reservations.markReleased(orderId, now);
      continue;
    }
    const lines = linesToRelease(reservation);
    switch (await reservations.returnStock(lines, 'released', now, handled)) {
      case 'written':
        return lines.some(({ state }) => state !== 'expired');
      case 'handled-before':
        return false;
      case 'conflict':
    }
  }
  throw contended();
}
