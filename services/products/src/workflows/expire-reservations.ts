import type { ReservationStore } from '../adapters/reservation-store.ts';

/**
 * Expires reservations of products that are short, so that their pieces can be sold at once. Returns whether any had
 * expired, also if another caller has just returned their pieces.
 */
export async function expireReservations(
  reservations: ReservationStore,
  productIds: readonly string[],
  now: Date,
): Promise<boolean> {
  const found = await Promise.all(
    productIds.map(async (productId) => {
      const expired = await reservations.readExpired(productId, now);
      if (expired.length === 0) return false;
      // After a conflict the caller reads the stock again and sees what is left.
      await reservations.returnStock(expired, 'expired', now);
      return true;
    }),
  );
  return found.some(Boolean);
}
