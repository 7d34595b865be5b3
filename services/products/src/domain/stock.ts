import type { ReserveStockRefusal, StockLine } from '#shared/contracts/stock.ts';
import type { Currency } from '#shared/money.ts';

/** A product as it is sold: what a hold answers, and how many events the product has had. */
export type Offer = {
  productId: string;
  name: string;
  priceCents: number;
  currency: Currency;
  status: 'on-sale' | 'retired';
  /** Changes with anything that a hold answers. */
  version: number;
  /** Events announced of this product; the next has this number plus one. */
  events: number;
  /** At or below this many pieces over all warehouses, the product is to be reordered. */
  reorderLevel: number;
  /** Whether STOCK_LOW was announced since stock was last counted above the level. */
  lowAnnounced: boolean;
};

/** Pieces of one product in one warehouse: on hand are `available` and `reserved` together, never below zero. */
export type WarehouseStock = { warehouseId: string; available: number; reserved: number };

/** Everything that is known of a product's stock; without an offer there is no such product. */
export type ProductStock = { productId: string; offer: Offer | undefined; warehouses: WarehouseStock[] };

/** Pieces taken from one warehouse. */
export type Allocation = { warehouseId: string; quantity: number };

/** A line of an order with where its pieces come from and how it is sold. */
export type AllocatedLine = StockLine & { offer: Offer; allocations: Allocation[] };

/** Pieces that can be sold, over all warehouses. */
export const availableOf = ({ warehouses }: ProductStock): number =>
  warehouses.reduce((sum, { available }) => sum + available, 0);

/**
 * Takes pieces from one warehouse if one suffices (the fullest, so that the others keep room for small orders), and
 * from as few as possible otherwise; undefined if all together do not suffice.
 */
export function allocate(quantity: number, warehouses: readonly WarehouseStock[]): Allocation[] | undefined {
  const fullestFirst = warehouses
    .filter(({ available }) => available > 0)
    .toSorted((a, b) => b.available - a.available || a.warehouseId.localeCompare(b.warehouseId));
  const allocations: Allocation[] = [];
  let missing = quantity;
  for (const { warehouseId, available } of fullestFirst) {
    if (missing === 0) break;
    const taken = Math.min(missing, available);
    allocations.push({ warehouseId, quantity: taken });
    missing -= taken;
  }
  return missing === 0 ? allocations : undefined;
}

/** What a request for stock comes to: every line with its warehouses, or a refusal. */
export type HoldDecision =
  | { kind: 'hold'; lines: AllocatedLine[] }
  | { kind: 'refused'; refusal: ReserveStockRefusal };

/**
 * All lines or none; `stocks` are in the order of the lines. A hold takes from at most `maxPlaces` places, each a
 * product in a warehouse.
 */
export function decideHold(
  lines: readonly StockLine[],
  stocks: readonly ProductStock[],
  maxPlaces: number,
): HoldDecision {
  const unknown: string[] = [];
  const short: { productId: string; name: string; available: number }[] = [];
  const allocated: AllocatedLine[] = [];
  for (const [index, line] of lines.entries()) {
    const stock = stocks[index];
    if (stock?.offer === undefined || stock.offer.status !== 'on-sale') {
      unknown.push(line.productId);
      continue;
    }
    const { offer } = stock;
    const allocations = allocate(line.quantity, stock.warehouses);
    if (allocations === undefined)
      short.push({ productId: line.productId, name: offer.name, available: availableOf(stock) });
    else allocated.push({ ...line, offer, allocations });
  }
  if (unknown.length > 0)
    return { kind: 'refused', refusal: { code: 'PRODUCT_NOT_FOUND', productIds: unknown } };
  if (short.length > 0) return { kind: 'refused', refusal: { code: 'OUT_OF_STOCK', lines: short } };
  if (allocated.flatMap(({ allocations }) => allocations).length > maxPlaces)
    return { kind: 'refused', refusal: { code: 'ORDER_TOO_SCATTERED' } };
  return { kind: 'hold', lines: allocated };
}

/** Whether a product is to be reordered and nobody has been told. */
export const isNewlyLow = (stock: ProductStock): boolean =>
  stock.offer !== undefined &&
  stock.offer.status === 'on-sale' &&
  !stock.offer.lowAnnounced &&
  availableOf(stock) <= stock.offer.reorderLevel;
