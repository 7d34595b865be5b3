import type { StockLine } from '#shared/contracts/stock.ts';
import type { HandledEvent } from '#shared/dynamo/handled-events.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { decideConfirmation, reservationLost } from '../domain/reservation.ts';
import { readReceipt } from '../domain/reservation-receipt.ts';
import { type Allocation, allocate } from '../domain/stock.ts';
import { expireReservations } from './expire-reservations.ts';
import { contended, maxAttempts, type ReservationDeps } from './reservation-deps.ts';

/** A line of a paid order. */
export type PaidLine = StockLine & { name: string; unitPriceCents: number };
/** A paid order, from its event. */
export type PaidOrder = {
  orderId: string;
  currency: Currency;
  lines: readonly PaidLine[];
  reservationReceipt?: string | undefined;
};
/** The event of the payment, and what its own events carry as their cause. */
export type Trigger = { handled: HandledEvent; cause: Cause };

/**
 * Confirms the reservation of a paid order: its pieces leave the warehouses. With a valid receipt this needs no read.
 * Lines that have expired take other stock. If there is none, RESERVATION_LOST is announced and the other lines stay
 * reserved until the order's cancellation releases them.
 */
export async function confirmReservation(
  deps: ReservationDeps,
  order: PaidOrder,
  { handled, cause }: Trigger,
): Promise<'confirmed' | 'unchanged' | 'lost'> {
  const { reservations, clock } = deps;
  if (await confirmByReceipt(deps, order, handled)) return 'confirmed';
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const now = clock();
    const decision = decideConfirmation(await reservations.read(order.orderId), order.lines);
    if (decision.kind === 'unchanged') {
      await reservations.acknowledge(handled);
      return 'unchanged';
    }
    const replacement = await replaceLost(deps, order, decision.lost, now);
    if (replacement.kind === 'retry') continue;
    if (replacement.kind === 'replaced') {
      const confirmation = { reserved: decision.reserved, replaced: replacement.lines };
      const result = await reservations.confirm(confirmation, handled, now);
      if (result === 'conflict') continue;
      if (result !== 'too-large') return 'confirmed';
    }
    const productIds = decision.lost.map(({ productId }) => productId);
    const event = reservationLost(order.orderId, productIds, { eventId: newId(), now });
    if ((await reservations.acknowledge(handled, { event, cause })) !== 'conflict') return 'lost';
  }
  throw contended();
}

/** Confirms the lines of the receipt; false if there is none, or anything differs from it: then nothing is written. */
async function confirmByReceipt(
  { reservations, clock }: ReservationDeps,
  { orderId, lines, reservationReceipt }: PaidOrder,
  handled: HandledEvent,
): Promise<boolean> {
  const reserved = reservationReceipt === undefined ? undefined : readReceipt(reservationReceipt, lines);
  if (reserved === undefined) return false;
  const result = await reservations.confirmUnread(orderId, reserved, handled, clock());
  return result === 'written' || result === 'handled-before';
}

type ReplacedLine = PaidLine & { orderId: string; currency: Currency; allocations: Allocation[] };
type Replacement = { kind: 'replaced'; lines: ReplacedLine[] } | { kind: 'none' } | { kind: 'retry' };

/** Allocates other stock for lost lines; `retry` if expired reservations of others were returned. */
async function replaceLost(
  { reservations }: ReservationDeps,
  { orderId, currency }: PaidOrder,
  lost: readonly PaidLine[],
  now: Date,
): Promise<Replacement> {
  const stocks = await Promise.all(lost.map(({ productId }) => reservations.readStock(productId)));
  const lines: ReplacedLine[] = [];
  const short: string[] = [];
  for (const [index, line] of lost.entries()) {
    const allocations = allocate(line.quantity, stocks[index]?.warehouses ?? []);
    if (allocations === undefined) short.push(line.productId);
    else lines.push({ ...line, orderId, currency, allocations });
  }
  if (short.length === 0) return { kind: 'replaced', lines };
  return (await expireReservations(reservations, short, now)) ? { kind: 'retry' } : { kind: 'none' };
}
