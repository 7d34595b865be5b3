import { ConditionsFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import type { Write } from '#shared/dynamo/write.ts';
import type { ReservationLine } from '../domain/reservation.ts';
import { readLapsedHolds, settleLine } from './reservation-items.ts';
import { type Movement, moveStock } from './stock-items.ts';
import type { Tables } from './tables.ts';

/** Lapsed holds that are taken back in one transaction: with their stock items they fit its 100 items. */
const maxReclaimed = 25;

/**
 * Takes back lapsed holds of products that are short, so that they are sellable at once.
 * Returns whether there was anything to take back, by this caller or by another at the same time.
 */
export async function reclaimLapsed(
  dynamo: Dynamo,
  tables: Tables,
  productIds: readonly string[],
  now: Date,
): Promise<boolean> {
  const found = await Promise.all(
    productIds.map(async (productId) => {
      const lapsed = await readLapsedHolds(dynamo, tables.reservations, productId, now, maxReclaimed);
      if (lapsed.length === 0) return false;
      try {
        await dynamo.transact(giveBack(tables, lapsed, 'expired', now));
      } catch (error) {
        // Settled or taken back by somebody else since it was read: the caller looks again.
        if (!(error instanceof ConditionsFailed)) throw error;
      }
      return true;
    }),
  );
  return found.some(Boolean);
}

/**
 * Writes that settle lines and put their pieces back on the shelf: held ones leave the reservation, committed ones
 * return, and expired ones have nothing to give.
 */
export function giveBack(
  tables: Tables,
  lines: readonly ReservationLine[],
  to: 'released' | 'expired',
  now: Date,
): Write[] {
  return [
    ...lines.map((line) => settleLine(tables.reservations, line, to, now)),
    ...merged(lines.flatMap(movementsBack)).map((movement) => moveStock(tables.inventory, movement)),
  ];
}

function movementsBack(line: ReservationLine): Movement[] {
  switch (line.state) {
    case 'held':
      return line.allocations.map(({ warehouseId, quantity }) => ({
        productId: line.productId,
        warehouseId,
        available: quantity,
        reserved: -quantity,
      }));
    case 'committed':
      return line.allocations.map(({ warehouseId, quantity }) => ({
        productId: line.productId,
        warehouseId,
        available: quantity,
        reserved: 0,
      }));
    case 'expired':
    case 'released':
      return [];
  }
}

/** A transaction may name an item once. */
function merged(movements: readonly Movement[]): Movement[] {
  const byItem = new Map<string, Movement>();
  for (const movement of movements) {
    const key = `${movement.productId} ${movement.warehouseId}`;
    const known = byItem.get(key);
    byItem.set(
      key,
      known === undefined
        ? movement
        : {
            ...known,
            available: known.available + movement.available,
            reserved: known.reserved + movement.reserved,
          },
    );
  }
  return [...byItem.values()];
}
