/** Something that the shop confirmed, and when (ms). */
export type Confirmed = { id: string; at: number };

/** What a copy lacks: `count` of `of` items, the oldest confirmed `seconds` before the loss of the shop. */
export type DataLoss = { count: number; of: number; seconds: number };

/** The confirmed items that are not in `found`. */
export function dataLoss(
  confirmed: readonly Confirmed[],
  found: ReadonlySet<string>,
  lossAt: number,
): DataLoss {
  const missing = confirmed.filter(({ id }) => !found.has(id));
  const oldest = Math.min(lossAt, ...missing.map(({ at }) => at));
  return { count: missing.length, of: confirmed.length, seconds: (lossAt - oldest) / 1000 };
}
