import * as z from 'zod';
import type { StockLine } from '#shared/contracts/stock.ts';
import type { Allocation } from './stock.ts';

/** The warehouses that the pieces of a line come from. */
export type LineAllocations = { productId: string; allocations: Allocation[] };

const receiptSchema = z.array(z.tuple([z.uuid(), z.array(z.tuple([z.string(), z.int().min(1)])).min(1)]));

/** The text that an order returns with its payment, so that confirming its reservation needs no read. */
export const writeReceipt = (lines: readonly LineAllocations[]): string =>
  JSON.stringify(
    lines.map(({ productId, allocations }) => [
      productId,
      allocations.map(({ warehouseId, quantity }) => [warehouseId, quantity]),
    ]),
  );

/** The lines of a receipt; undefined if the text is not a receipt, or one of other lines than these. */
export function readReceipt(receipt: string, paid: readonly StockLine[]): LineAllocations[] | undefined {
  const parsed = receiptSchema.safeParse(parseJson(receipt));
  if (!parsed.success || parsed.data.length !== paid.length) return undefined;
  const lines = parsed.data.map(([productId, allocations]) => ({
    productId,
    allocations: allocations.map(([warehouseId, quantity]) => ({ warehouseId, quantity })),
  }));
  const quantities = new Map(
    lines.map(({ productId, allocations }) => [
      productId,
      allocations.reduce((sum, { quantity }) => sum + quantity, 0),
    ]),
  );
  return paid.every(({ productId, quantity }) => quantities.get(productId) === quantity) ? lines : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
