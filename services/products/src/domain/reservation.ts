import type { ReservedLine, StockLine } from '#shared/contracts/stock.ts';
import type { NewEvent } from '#shared/events/event.ts';
import { ReservationLost } from '#shared/events/products.ts';
import type { Allocation } from './stock.ts';

/**
 * One line of an order's reservation:
 *
 *     (none) ──reserve──▶ reserved ──confirm──▶ confirmed ──release──▶ released
 *                          │   ▲                   ▲
 *                          │   └─reserve─┐         │ confirm, if stock is left
 *                          ├──expire──▶ expired ───┘
 *                          └──release─▶ released ──reserve, 30 s later──▶ reserved
 *
 * `reservedUntil` passes without a write: a line only becomes `expired` when another order needs its pieces, in the
 * same transaction that makes them available. The trade-off: no timer or scan is needed and expired pieces can be sold
 * at once, but a paid order may find its line expired; then it takes other stock, or RESERVATION_LOST cancels it.
 */
export type ReservationLine = ReservedLine & { orderId: string; allocations: Allocation[] } & (
    | { state: 'reserved'; reservedUntil: Date }
    | { state: 'confirmed' }
    | { state: 'expired' }
    | { state: 'released'; releasedAt: Date }
  );
/** A line in one of these states. */
export type LineIn<S extends ReservationLine['state']> = S extends unknown
  ? Extract<ReservationLine, { state: S }>
  : never;

/** An order's lines, and when it was released if that came before any line. */
export type Reservation = { orderId: string; lines: ReservationLine[]; releasedAt: Date | undefined };

/**
 * After a release, the order cannot reserve for this time: longer than a request that was already under way can take
 * (the function's timeout), so that it cannot reserve after its release.
 */
export const releaseCooldownMs = 30_000;

/** The decision on a request of an order that is known already; lines are in the order of the request. */
export type RepeatDecision =
  | { kind: 'reserved'; lines: LineIn<'reserved'>[] }
  | { kind: 'extend'; lines: LineIn<'reserved'>[] }
  /** Part of the reservation has expired: the remaining lines are returned first, then all are reserved again. */
  | { kind: 'start-over'; remaining: LineIn<'reserved'>[] }
  | { kind: 'just-released' }
  | { kind: 'refused'; reason: 'other-lines' | 'confirmed' };

/** Decides a repeated request, as after a lost response or a failed attempt to write the order. */
export function decideRepeat(
  reservation: Reservation,
  requested: readonly StockLine[],
  reservedUntil: Date,
  now: Date,
): RepeatDecision {
  const { lines } = reservation;
  const releases = [
    reservation.releasedAt,
    ...lines.map((line) => (line.state === 'released' ? line.releasedAt : undefined)),
  ];
  if (releases.some((at) => at !== undefined && at.getTime() > now.getTime() - releaseCooldownMs))
    return { kind: 'just-released' };
  if (lines.some(({ state }) => state === 'confirmed')) return { kind: 'refused', reason: 'confirmed' };
  const reserved = lines.filter((line) => line.state === 'reserved');
  const quantities = new Map(requested.map(({ productId, quantity }) => [productId, quantity]));
  if (reserved.some(({ productId, quantity }) => quantities.get(productId) !== quantity))
    return { kind: 'refused', reason: 'other-lines' };
  if (reserved.length < requested.length) return { kind: 'start-over', remaining: reserved };
  const inOrder = requested.flatMap(
    ({ productId }) => reserved.find((line) => line.productId === productId) ?? [],
  );
  const isShorter = reserved.some((line) => line.reservedUntil < reservedUntil);
  return { kind: isShorter ? 'extend' : 'reserved', lines: inOrder };
}

/** What the payment of an order means for its reservation. */
export type ConfirmationDecision<L> =
  | { kind: 'unchanged' }
  /** Reserved lines are confirmed; lost ones need other stock. */
  | { kind: 'confirm'; reserved: LineIn<'reserved'>[]; lost: L[] };

/** A released order stays released: its cancellation overtook the payment. */
export function decideConfirmation<L extends StockLine>(
  reservation: Reservation,
  paid: readonly L[],
): ConfirmationDecision<L> {
  const { lines, releasedAt } = reservation;
  if (releasedAt !== undefined || lines.some(({ state }) => state === 'released'))
    return { kind: 'unchanged' };
  const reserved = lines.filter((line) => line.state === 'reserved');
  const safe = new Set(
    lines.flatMap(({ productId, state }) =>
      state === 'reserved' || state === 'confirmed' ? [productId] : [],
    ),
  );
  const lost = paid.filter(({ productId }) => !safe.has(productId));
  return reserved.length === 0 && lost.length === 0
    ? { kind: 'unchanged' }
    : { kind: 'confirm', reserved, lost };
}

/** The lines that a release changes. */
export const linesToRelease = ({ lines }: Reservation): LineIn<'reserved' | 'confirmed' | 'expired'>[] =>
  lines.filter((line) => line.state !== 'released');

/** The one event of an order's reservation: a paid order lost these products, and there is no other stock. */
export const reservationLost = (
  orderId: string,
  productIds: string[],
  { eventId, now }: { eventId: string; now: Date },
): NewEvent => ({
  definition: ReservationLost,
  id: eventId,
  aggregateId: orderId,
  sequence: 1,
  time: now,
  data: { orderId, productIds },
});
