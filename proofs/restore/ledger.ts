/** What the shop promised somebody by its answer, and when (ms). */
export type Promised = { id: string; at: number };

/** A line of an order. */
export type Line = { productId: string; quantity: number };

/** What a customer wants, under one Idempotency-Key, and what the shop said. */
export type Wish = {
  key: string;
  customer: number;
  lines: Line[];
  outcome:
    | { kind: 'unanswered' }
    | { kind: 'placed'; id: string; number: string; totalCents: number; at: number }
    | { kind: 'refused'; code: string };
};

/** The orders that were promised: their 201 was received. */
export const placed = (wishes: readonly Wish[]) =>
  wishes.flatMap(({ outcome, lines }) => (outcome.kind === 'placed' ? [{ ...outcome, lines }] : []));

/** What is missing of what was promised, and how far before the loss the first of it was promised (s). */
export function lost(
  promised: readonly Promised[],
  found: ReadonlySet<string>,
  lossAt: number,
): { ids: string[]; seconds: number } {
  const missing = promised.filter(({ id }) => !found.has(id));
  const first = Math.min(lossAt, ...missing.map(({ at }) => at));
  return { ids: missing.map(({ id }) => id), seconds: (lossAt - first) / 1000 };
}
