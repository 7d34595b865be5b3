import type { ReservedLine } from '#shared/contracts/stock.ts';
import { type WriteResult, writeChange } from '#shared/dynamo/change-store.ts';
import { ConditionsFailed, conditionFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import type { HandledEvent } from '#shared/dynamo/handled-events.ts';
import { outboxWrites } from '#shared/dynamo/outbox.ts';
import type { Transact } from '#shared/dynamo/transaction-batcher.ts';
import { check, maxTransactionItems, type Write } from '#shared/dynamo/write.ts';
import type { Cause, NewEvent } from '#shared/events/event.ts';
import type { LineIn, Reservation, ReservationLine } from '../domain/reservation.ts';
import type { LineAllocations } from '../domain/reservation-receipt.ts';
import type { AllocatedLine, ProductStock } from '../domain/stock.ts';
import {
  confirmNewLine,
  confirmUnreadLine,
  extendLine,
  isLine,
  type LineRow,
  markReleased,
  type NewLine,
  notReleased,
  type ReleasedRow,
  reserveLine,
  settleLine,
  toLine,
} from './reservation-items.ts';
import { moveStock, readStock } from './stock-items.ts';
import { returnPieces } from './stock-returns.ts';
import { offerKey, type Tables } from './tables.ts';

/** Lines to reserve. With `checkOffers` their offers were not just read: they must still be at the same version. */
export type NewReservation = {
  orderId: string;
  lines: readonly AllocatedLine[];
  reservedUntil: Date;
  checkOffers: boolean;
};

/** Lines to confirm: reserved ones, and others that take new stock. */
export type Confirmation = {
  reserved: readonly LineIn<'reserved'>[];
  replaced: readonly NewLine[];
};

/**
 * Reservations and the stock items that they take from. Each write is one transaction whose conditions compare every
 * item with what was read; `conflict` means that another write came first.
 */
export type ReservationStore = {
  readStock(productId: string): Promise<ProductStock | undefined>;
  read(orderId: string): Promise<Reservation>;
  /** Stock items that fit one transaction beside the other writes of a reservation. */
  maxStockItems(lineCount: number, checkOffers: boolean): number;
  /** Reserves all lines or none. `order-known`: the order has lines or was just released. */
  reserve(reservation: NewReservation, now: Date): Promise<'written' | 'order-known' | 'stock-changed'>;
  extend(lines: readonly LineIn<'reserved'>[], reservedUntil: Date): Promise<WriteResult>;
  /** Confirms reserved lines by their allocations, without reading them; `too-large` for one transaction. */
  confirmUnread(
    orderId: string,
    lines: readonly LineAllocations[],
    handled: HandledEvent,
    now: Date,
  ): Promise<WriteResult | 'too-large'>;
  confirm(confirmation: Confirmation, handled: HandledEvent, now: Date): Promise<WriteResult | 'too-large'>;
  /** Settles lines and makes their pieces available again. */
  returnStock(
    lines: readonly ReservationLine[],
    to: 'released' | 'expired',
    now: Date,
    handled?: HandledEvent,
  ): Promise<WriteResult>;
  /** Marks an order as released that has no line yet, so that a request under way cannot reserve. */
  markReleased(orderId: string, now: Date): Promise<void>;
  /** Lines of a product whose time has passed, the oldest first. */
  readExpired(productId: string, now: Date): Promise<ReservationLine[]>;
  /** Marks an event as handled that changes no stock, with the event that follows from it. */
  acknowledge(handled: HandledEvent, announced?: { event: NewEvent; cause: Cause }): Promise<WriteResult>;
};

/** Expired lines that are returned in one transaction: they fit with their stock items. */
const maxExpiredLines = 25;

/** The reservations and inventory tables; `transact` merges the transactions of concurrent orders. */
export function reservationStore(dynamo: Dynamo, transact: Transact, tables: Tables): ReservationStore {
  const { reservations, inventory } = tables;
  return {
    readStock: (productId) => readStock(dynamo, inventory, productId),
    read: (orderId) => readReservation(dynamo, reservations, orderId),
    maxStockItems: (lineCount, checkOffers) =>
      // One item for `notReleased`, one per line, and one per checked offer.
      maxTransactionItems - 1 - lineCount * (checkOffers ? 2 : 1),
    reserve: async (reservation, now) => {
      const order = orderWrites(reservations, reservation, now);
      try {
        await transact([...order, ...stockWrites(inventory, reservation)]);
        return 'written';
      } catch (error) {
        if (!(error instanceof ConditionsFailed)) throw error;
        return conditionFailed(error, ...order) ? 'order-known' : 'stock-changed';
      }
    },
    extend: (lines, reservedUntil) =>
      writeChange(dynamo.transact, tables, {
        writes: lines.map((line) => extendLine(reservations, line, reservedUntil)),
      }),
    confirmUnread: (orderId, lines, handled, now) =>
      writeIfFits(transact, tables, handled, [
        ...lines.map((line) => confirmUnreadLine(reservations, { ...line, orderId }, now)),
        ...lines.flatMap((line) => takeReserved(inventory, line)),
      ]),
    confirm: ({ reserved, replaced }, handled, now) =>
      writeIfFits(transact, tables, handled, [
        ...reserved.map((line) => settleLine(reservations, line, 'confirmed', now)),
        ...reserved.flatMap((line) => takeReserved(inventory, line)),
        ...replaced.map((line) => confirmNewLine(reservations, line, now)),
        ...replaced.flatMap((line) => takeAvailable(inventory, line)),
      ]),
    returnStock: (lines, to, now, handled) =>
      writeChange(dynamo.transact, tables, {
        writes: [
          ...lines.map((line) => settleLine(reservations, line, to, now)),
          ...returnPieces(inventory, lines),
        ],
        handled,
      }),
    markReleased: (orderId, now) => dynamo.write(markReleased(reservations, orderId, now)),
    readExpired: (productId, now) => readExpired(dynamo, reservations, productId, now),
    acknowledge: (handled, announced) =>
      writeChange(transact, tables, {
        writes: [],
        outbox:
          announced === undefined ? [] : outboxWrites(tables.outbox, [announced.event], announced.cause),
        handled,
      }),
  };
}

async function readReservation(dynamo: Dynamo, table: string, orderId: string): Promise<Reservation> {
  const { items } = await dynamo.query<LineRow | ReleasedRow>({
    table,
    where: 'order_id = :id',
    values: { ':id': orderId },
  });
  const released = items.find((row) => !isLine(row));
  return {
    orderId,
    lines: items.filter(isLine).map(toLine),
    releasedAt: released === undefined ? undefined : new Date(released.released_at ?? 0),
  };
}

async function readExpired(
  dynamo: Dynamo,
  table: string,
  productId: string,
  now: Date,
): Promise<ReservationLine[]> {
  const { items } = await dynamo.query<LineRow>({
    table,
    index: 'product-expiry-index',
    where: 'product_id = :id AND reserved_until < :now',
    values: { ':id': productId, ':now': now.getTime() },
    limit: maxExpiredLines,
  });
  return items.map(toLine);
}

/** Writes whose failed condition means that the order is known. */
const orderWrites = (
  table: string,
  { orderId, lines, reservedUntil }: NewReservation,
  now: Date,
): Write[] => [
  notReleased(table, orderId, now),
  ...lines.map((line) =>
    reserveLine(
      table,
      { ...toReservedLine(line), orderId, allocations: line.allocations },
      reservedUntil,
      now,
    ),
  ),
];

const stockWrites = (table: string, { lines, checkOffers }: NewReservation): Write[] =>
  lines.flatMap(({ productId, allocations, offer }) => [
    ...allocations.map(({ warehouseId, quantity }) =>
      moveStock(table, { productId, warehouseId, available: -quantity, reserved: quantity }),
    ),
    ...(checkOffers ? [offerUnchanged(table, productId, offer.version)] : []),
  ]);

const offerUnchanged = (table: string, productId: string, version: number): Write =>
  check(
    table,
    { product_id: productId, warehouse_id: offerKey },
    { condition: 'version = :version', values: { ':version': version } },
  );

/** An allocated line as the contract returns it. */
export const toReservedLine = ({ productId, quantity, offer }: AllocatedLine): ReservedLine => ({
  productId,
  name: offer.name,
  unitPriceCents: offer.priceCents,
  currency: offer.currency,
  quantity,
});

const takeReserved = (table: string, { productId, allocations }: LineAllocations): Write[] =>
  allocations.map(({ warehouseId, quantity }) =>
    moveStock(table, { productId, warehouseId, available: 0, reserved: -quantity }),
  );

const takeAvailable = (table: string, { productId, allocations }: LineAllocations): Write[] =>
  allocations.map(({ warehouseId, quantity }) =>
    moveStock(table, { productId, warehouseId, available: -quantity, reserved: 0 }),
  );

/** Writes a confirmation with its handled mark, if both fit one transaction. */
async function writeIfFits(
  transact: Transact,
  tables: Tables,
  handled: HandledEvent,
  writes: Write[],
): Promise<WriteResult | 'too-large'> {
  if (writes.length >= maxTransactionItems) return 'too-large';
  return writeChange(transact, tables, { writes, handled });
}
