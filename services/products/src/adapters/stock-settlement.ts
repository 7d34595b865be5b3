import type { StockLine } from '#shared/contracts/stock.ts';
import { ConditionsFailed, conditionFailed } from '#shared/dynamo/conditions.ts';
import { handledMark } from '#shared/dynamo/handled-events.ts';
import { outboxWrites } from '#shared/dynamo/outbox.ts';
import type { Write } from '#shared/dynamo/write.ts';
import { Unavailable } from '#shared/errors.ts';
import type { Cause } from '#shared/events/event.ts';
import { ReservationLost } from '#shared/events/products.ts';
import { newId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type HeldFrom, readReceipt } from '../domain/receipt.ts';
import { decideCommit, type LineIn, toGiveBack } from '../domain/reservation.ts';
import { type Allocation, allocate } from '../domain/stock.ts';
import { giveBack, reclaimLapsed } from './reclaim.ts';
import {
  commitFreeLine,
  commitHeld,
  readReservation,
  releaseAhead,
  settleLine,
} from './reservation-items.ts';
import { moveStock, readStock } from './stock-items.ts';
import { type LedgerParts, maxRaces, maxTransactionItems } from './stock-ledger.ts';

/** This service's name in records of handled events. */
const subscriber = 'products.on-order-event';

/** A line of a paid order. */
export type PaidLine = StockLine & { name: string; unitPriceCents: number };
/** A paid order, as its event tells it. */
export type PaidOrder = {
  orderId: string;
  currency: Currency;
  lines: readonly PaidLine[];
  reservationReceipt?: string | undefined;
};

const contended = () => new Unavailable('The stock of this order is contended.', { retryAfterSeconds: 1 });

/**
 * Takes a paid order's pieces off the shelves: by its receipt without a read, if all is held as it says. A line that lost its hold is taken again if stock is left; otherwise
 * RESERVATION_LOST is announced and nothing changes until the order's cancellation releases the rest.
 */
export async function commitStock(
  parts: LedgerParts,
  order: PaidOrder,
  eventId: string,
  cause: Cause,
): Promise<'committed' | 'unchanged' | 'refused'> {
  const { dynamo, tables, clock } = parts;
  const mark = handledMark(tables.idempotency, { subscriber, eventId });
  if (await commitByReceipt(parts, order, mark)) return 'committed';
  for (let race = 0; race < maxRaces; race++) {
    const now = clock();
    const reservation = await readReservation(dynamo, tables.reservations, order.orderId);
    const decision = decideCommit(reservation, order.lines);
    if (decision.kind === 'unchanged') {
      await once(parts, [mark], mark);
      return 'unchanged';
    }
    const found = await findAgain(parts, decision.lost, now);
    if (found.kind === 'reclaimed') continue;
    const commit = found.kind === 'short' ? [] : commitWrites(parts, order, decision.held, found.lines, now);
    const refused = found.kind === 'short' || commit.length >= maxTransactionItems;
    const writes = refused ? refusal(parts, order.orderId, decision.lost, now, cause) : commit;
    try {
      await once(parts, [mark, ...writes], mark);
      return refused ? 'refused' : 'committed';
    } catch (error) {
      if (!(error instanceof ConditionsFailed)) throw error;
    }
  }
  throw contended();
}

/** Commits what the receipt says; false if there is none, or anything is not as it says: then nothing was written. */
async function commitByReceipt(
  parts: LedgerParts,
  { orderId, lines, reservationReceipt }: PaidOrder,
  mark: Write,
): Promise<boolean> {
  const { tables, clock } = parts;
  const held = reservationReceipt === undefined ? undefined : readReceipt(reservationReceipt, lines);
  if (held === undefined) return false;
  const now = clock();
  const writes = held.flatMap((line) => [
    commitHeld(tables.reservations, { ...line, orderId }, now),
    ...takeReserved(tables, line),
  ]);
  if (writes.length >= maxTransactionItems) return false;
  try {
    await once(parts, [mark, ...writes], mark);
    return true;
  } catch (error) {
    if (!(error instanceof ConditionsFailed)) throw error;
    return false;
  }
}

/** Pieces of a held line leave the reservation of their warehouses. */
const takeReserved = (tables: LedgerParts['tables'], { productId, allocations }: HeldFrom): Write[] =>
  allocations.map(({ warehouseId, quantity }) =>
    moveStock(tables.inventory, { productId, warehouseId, available: 0, reserved: -quantity }),
  );

/** A transaction with its mark; that the mark is there already means that all of it is done. */
async function once({ commit }: LedgerParts, writes: Write[], mark: Write): Promise<void> {
  try {
    await commit(writes);
  } catch (error) {
    if (!conditionFailed(error, mark)) throw error;
  }
}

type FoundLine = PaidLine & { allocations: Allocation[] };
type Found = { kind: 'found'; lines: FoundLine[] } | { kind: 'short' } | { kind: 'reclaimed' };

async function findAgain(
  { dynamo, tables }: LedgerParts,
  lost: readonly PaidLine[],
  now: Date,
): Promise<Found> {
  const stocks = await Promise.all(
    lost.map(({ productId }) => readStock(dynamo, tables.inventory, productId)),
  );
  const lines = lost.map((line, index) => ({
    ...line,
    allocations: allocate(line.quantity, stocks[index]?.warehouses ?? []),
  }));
  const short = lines.filter(({ allocations }) => allocations === undefined);
  if (short.length === 0) return { kind: 'found', lines: lines as FoundLine[] };
  const reclaimed = await reclaimLapsed(
    dynamo,
    tables,
    short.map(({ productId }) => productId),
    now,
  );
  return { kind: reclaimed ? 'reclaimed' : 'short' };
}

const commitWrites = (
  { tables }: LedgerParts,
  { orderId, currency }: PaidOrder,
  held: readonly LineIn<'held'>[],
  found: readonly FoundLine[],
  now: Date,
): Write[] => [
  ...held.flatMap((line) => [
    settleLine(tables.reservations, line, 'committed', now),
    ...takeReserved(tables, line),
  ]),
  ...found.flatMap((line) => [
    commitFreeLine(tables.reservations, { ...line, orderId, currency }, now),
    ...line.allocations.map(({ warehouseId, quantity }) =>
      moveStock(tables.inventory, {
        productId: line.productId,
        warehouseId,
        available: -quantity,
        reserved: 0,
      }),
    ),
  ]),
];

const refusal = (
  { tables }: LedgerParts,
  orderId: string,
  lost: readonly PaidLine[],
  now: Date,
  cause: Cause,
): Write[] =>
  outboxWrites(
    tables.outbox,
    [
      {
        definition: ReservationLost,
        id: newId(),
        aggregateId: orderId,
        sequence: 1,
        time: now,
        data: { orderId, productIds: lost.map(({ productId }) => productId) },
      },
    ],
    cause,
  );

/**
 * Gives back what an order holds or has committed; returns whether there was anything. An order that holds nothing
 * yet is marked as released, so that a hold on its way is refused. `eventId` is the event that asks for it, if one does.
 */
export async function releaseStock(parts: LedgerParts, orderId: string, eventId?: string): Promise<boolean> {
  const { dynamo, tables, clock } = parts;
  const mark = eventId === undefined ? undefined : handledMark(tables.idempotency, { subscriber, eventId });
  const marks = mark === undefined ? [] : [mark];
  for (let race = 0; race < maxRaces; race++) {
    const now = clock();
    const reservation = await readReservation(dynamo, tables.reservations, orderId);
    const lines = toGiveBack(reservation);
    if (lines.length === 0 && reservation.lines.length === 0 && reservation.releasedAt === undefined) {
      // Looks again afterwards: a hold may have been written in between, and none can be from now on.
      await dynamo.write(releaseAhead(tables.reservations, orderId, now));
      continue;
    }
    try {
      const writes = [...marks, ...giveBack(tables, lines, 'released', now)];
      if (writes.length > 0) await dynamo.transact(writes);
      return lines.some(({ state }) => state !== 'expired');
    } catch (error) {
      if (conditionFailed(error, mark)) return false;
      if (!(error instanceof ConditionsFailed)) throw error;
    }
  }
  throw contended();
}
