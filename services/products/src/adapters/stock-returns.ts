import type { Write } from '#shared/dynamo/write.ts';
import type { ReservationLine } from '../domain/reservation.ts';
import { type Movement, moveStock } from './stock-items.ts';

/** Writes that make the pieces of lines available again; one per stock item, as a transaction contains an item once. */
export const returnPieces = (table: string, lines: readonly ReservationLine[]): Write[] =>
  merged(lines.flatMap(movementsOf)).map((movement) => moveStock(table, movement));

/** Reserved pieces are no longer reserved, confirmed ones return; expired and released lines have none. */
function movementsOf({ productId, allocations, state }: ReservationLine): Movement[] {
  switch (state) {
    case 'reserved':
      return allocations.map(({ warehouseId, quantity }) => ({
        productId,
        warehouseId,
        available: quantity,
        reserved: -quantity,
      }));
    case 'confirmed':
      return allocations.map(({ warehouseId, quantity }) => ({
        productId,
        warehouseId,
        available: quantity,
        reserved: 0,
      }));
    case 'expired':
    case 'released':
      return [];
  }
}

function merged(movements: readonly Movement[]): Movement[] {
  const byItem = new Map<string, Movement>();
  for (const movement of movements) {
    const key = `${movement.productId} ${movement.warehouseId}`;
    const known = byItem.get(key);
    const sum = {
      ...movement,
      available: movement.available + (known?.available ?? 0),
      reserved: movement.reserved + (known?.reserved ?? 0),
    };
    byItem.set(key, sum);
  }
  return [...byItem.values()];
}
