import type { ReservedLine, StockLine } from '#shared/contracts/stock.ts';
import type { Allocation } from './stock.ts';

/**
 * One line of an order as the stock sees it:
 *
 *     (none) ──hold──▶ held ──commit──▶ committed ──release──▶ released
 *                       │ ▲                ▲
 *                       │ └───hold────┐    │ commit, if stock is left
 *                       ├──reclaim──▶ expired
 *                       └──release──▶ released ──hold, after a while──▶ held
 *
 * `expiresAt` is there only while the line is held. A reclaimed line lost its hold to another order.
 */
export type ReservationLine = ReservedLine & { orderId: string; allocations: Allocation[] } & (
    | { state: 'held'; expiresAt: Date }
    | { state: 'committed' }
    | { state: 'expired' }
    | { state: 'released'; releasedAt: Date }
  );
/** A line in one of these states. */
export type LineIn<S extends ReservationLine['state']> = S extends unknown
  ? Extract<ReservationLine, { state: S }>
  : never;

/** What is known of an order: its lines, and when it was released, if that came before any line. */
export type Reservation = { orderId: string; lines: ReservationLine[]; releasedAt: Date | undefined };

/**
 * For so long after a release a hold of the same order is put off: longer than a hold that was already on its way
 * can take (the function's timeout), so that it cannot outlive its release.
 */
export const settleMs = 30_000;

/** What a hold of an order that is already known comes to; its lines in the order asked. */
export type RepeatDecision =
  | { kind: 'answer'; lines: LineIn<'held'>[] }
  | { kind: 'extend'; lines: LineIn<'held'>[] }
  /** Part of the hold was reclaimed: what is left goes back first, then the order is held anew. */
  | { kind: 'start-over'; leftover: LineIn<'held'>[] }
  | { kind: 'settling' }
  | { kind: 'refused'; reason: 'other-lines' | 'confirmed' };

/** Decides a hold that came again, as after a lost answer or a failed attempt to write the order. */
export function decideRepeat(
  reservation: Reservation,
  wanted: readonly StockLine[],
  expiresAt: Date,
  now: Date,
): RepeatDecision {
  const { lines } = reservation;
  const releases = [
    reservation.releasedAt,
    ...lines.map((line) => line.state === 'released' && line.releasedAt),
  ];
  if (releases.some((at) => at instanceof Date && at.getTime() > now.getTime() - settleMs))
    return { kind: 'settling' };
  if (lines.some(({ state }) => state === 'committed')) return { kind: 'refused', reason: 'confirmed' };
  const held = lines.filter((line) => line.state === 'held');
  const quantities = new Map(wanted.map(({ productId, quantity }) => [productId, quantity]));
  if (held.some(({ productId, quantity }) => quantities.get(productId) !== quantity))
    return { kind: 'refused', reason: 'other-lines' };
  if (held.length < wanted.length) return { kind: 'start-over', leftover: held };
  if (held.some((line) => line.expiresAt < expiresAt))
    return { kind: 'extend', lines: inOrderOf(wanted, held) };
  return { kind: 'answer', lines: inOrderOf(wanted, held) };
}

const inOrderOf = <L extends StockLine>(wanted: readonly StockLine[], lines: readonly L[]): L[] =>
  wanted.flatMap(({ productId }) => lines.find((line) => line.productId === productId) ?? []);

/** What the payment of an order means for its stock. */
export type CommitDecision<L> =
  | { kind: 'unchanged' }
  /** Held lines leave the warehouse's reservation; lost ones must be found again. */
  | { kind: 'commit'; held: LineIn<'held'>[]; lost: L[] };

/** A released order stays released: its cancellation overtook the payment. */
export function decideCommit<L extends StockLine>(
  reservation: Reservation,
  paid: readonly L[],
): CommitDecision<L> {
  const { lines, releasedAt } = reservation;
  if (releasedAt !== undefined || lines.some(({ state }) => state === 'released'))
    return { kind: 'unchanged' };
  const held = lines.filter((line) => line.state === 'held');
  const safe = new Set(
    lines.flatMap(({ productId, state }) => (state === 'held' || state === 'committed' ? [productId] : [])),
  );
  const lost = paid.filter(({ productId }) => !safe.has(productId));
  return held.length === 0 && lost.length === 0 ? { kind: 'unchanged' } : { kind: 'commit', held, lost };
}

/** What a release gives back: held pieces leave the reservation, committed ones return to the shelf. */
export const toGiveBack = ({ lines }: Reservation): LineIn<'held' | 'committed' | 'expired'>[] =>
  lines.filter((line) => line.state !== 'released');
