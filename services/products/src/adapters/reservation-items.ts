import type { ReservedLine } from '#shared/contracts/stock.ts';
import { check, put, update, type Write } from '#shared/dynamo/write.ts';
import type { Currency } from '#shared/money.ts';
import { type ReservationLine, releaseCooldownMs } from '../domain/reservation.ts';
import type { LineAllocations } from '../domain/reservation-receipt.ts';
import type { Allocation } from '../domain/stock.ts';

/** The sort key of the item that marks an order as released before it had a line. */
const releasedKey = '~released';
/** Settled lines are kept longer than a queue and its dead-letter queue keep an order's events (14 days each). */
const settledLifetimeMs = 60 * 24 * 60 * 60 * 1000;
/** Reserved lines that nothing settles are kept this long after they expire. */
const reservedLifetimeMs = 365 * 24 * 60 * 60 * 1000;

/** A line as an item. */
export type LineRow = {
  order_id: string;
  /** The product's id: an order has each product once. */
  line_id: string;
  product_id: string;
  state: ReservationLine['state'];
  /** In ms; only while reserved, so that the sparse index contains reserved lines only. */
  reserved_until?: number;
  released_at?: number;
  name: string;
  unit_price_cents: number;
  currency: Currency;
  quantity: number;
  allocations: { warehouse_id: string; quantity: number }[];
  purge_at: number;
};
export type ReleasedRow = {
  order_id: string;
  line_id: typeof releasedKey;
  released_at: number;
  purge_at: number;
};

export const isLine = (row: LineRow | ReleasedRow): row is LineRow => row.line_id !== releasedKey;
const seconds = (ms: number) => Math.floor(ms / 1000);

/** Converts an item to a line. */
export function toLine(row: LineRow): ReservationLine {
  const line = {
    orderId: row.order_id,
    productId: row.product_id,
    name: row.name,
    unitPriceCents: row.unit_price_cents,
    currency: row.currency,
    quantity: row.quantity,
    allocations: row.allocations.map(({ warehouse_id, quantity }) => ({
      warehouseId: warehouse_id,
      quantity,
    })),
  };
  switch (row.state) {
    case 'reserved':
      return { ...line, state: 'reserved', reservedUntil: new Date(row.reserved_until ?? 0) };
    case 'released':
      return { ...line, state: 'released', releasedAt: new Date(row.released_at ?? 0) };
    case 'confirmed':
    case 'expired':
      return { ...line, state: row.state };
  }
}

/** A line before it is written. */
export type NewLine = ReservedLine & { orderId: string; allocations: Allocation[] };

const toRow = (line: NewLine) => ({
  order_id: line.orderId,
  line_id: line.productId,
  product_id: line.productId,
  name: line.name,
  unit_price_cents: line.unitPriceCents,
  currency: line.currency,
  quantity: line.quantity,
  allocations: toAllocationRows(line.allocations),
});

const toAllocationRows = (allocations: readonly Allocation[]) =>
  allocations.map(({ warehouseId, quantity }) => ({ warehouse_id: warehouseId, quantity }));

/** Reserves a line that does not exist, has expired, or was released long enough ago. */
export const reserveLine = (table: string, line: NewLine, reservedUntil: Date, now: Date): Write =>
  put(
    table,
    {
      ...toRow(line),
      state: 'reserved',
      reserved_until: reservedUntil.getTime(),
      purge_at: seconds(reservedUntil.getTime() + reservedLifetimeMs),
    },
    {
      condition:
        'attribute_not_exists(order_id) OR #state = :expired OR (#state = :released AND released_at < :cooldown)',
      names: { '#state': 'state' },
      values: {
        ':expired': 'expired',
        ':released': 'released',
        ':cooldown': now.getTime() - releaseCooldownMs,
      },
    },
  );

/** Gives a reserved line more time. */
export const extendLine = (table: string, line: ReservationLine, reservedUntil: Date): Write =>
  update(
    table,
    { order_id: line.orderId, line_id: line.productId },
    'SET reserved_until = :until, purge_at = :purge',
    {
      condition: '#state = :reserved',
      names: { '#state': 'state' },
      values: {
        ':reserved': 'reserved',
        ':until': reservedUntil.getTime(),
        ':purge': seconds(reservedUntil.getTime() + reservedLifetimeMs),
      },
    },
  );

/** Confirms a line that is reserved with these allocations, without having read it. */
export const confirmUnreadLine = (
  table: string,
  { orderId, productId, allocations }: LineAllocations & { orderId: string },
  now: Date,
): Write =>
  update(
    table,
    { order_id: orderId, line_id: productId },
    'SET #state = :confirmed, purge_at = :purge REMOVE reserved_until',
    {
      condition: '#state = :reserved AND allocations = :allocations',
      names: { '#state': 'state' },
      values: {
        ':reserved': 'reserved',
        ':confirmed': 'confirmed',
        ':allocations': toAllocationRows(allocations),
        ':purge': seconds(now.getTime() + settledLifetimeMs),
      },
    },
  );

/** Confirms a line that has expired or was never reserved. */
export const confirmNewLine = (table: string, line: NewLine, now: Date): Write =>
  put(
    table,
    { ...toRow(line), state: 'confirmed', purge_at: seconds(now.getTime() + settledLifetimeMs) },
    {
      condition: 'attribute_not_exists(order_id) OR #state = :expired',
      names: { '#state': 'state' },
      values: { ':expired': 'expired' },
    },
  );

/** Settles a line, on condition that it is as it was read. */
export function settleLine(
  table: string,
  line: ReservationLine,
  to: 'confirmed' | 'released' | 'expired',
  now: Date,
): Write {
  const until = line.state === 'reserved' ? line.reservedUntil.getTime() : undefined;
  return update(
    table,
    { order_id: line.orderId, line_id: line.productId },
    `SET #state = :to, purge_at = :purge${to === 'released' ? ', released_at = :now' : ''} REMOVE reserved_until`,
    {
      condition: `#state = :from${until === undefined ? '' : ' AND reserved_until = :until'}`,
      names: { '#state': 'state' },
      values: {
        ':from': line.state,
        ':to': to,
        ':purge': seconds(now.getTime() + settledLifetimeMs),
        ...(until === undefined ? {} : { ':until': until }),
        ...(to === 'released' ? { ':now': now.getTime() } : {}),
      },
    },
  );
}

/** A condition: the order was not released within the cooldown. */
export const notReleased = (table: string, orderId: string, now: Date): Write =>
  check(
    table,
    { order_id: orderId, line_id: releasedKey },
    {
      condition: 'attribute_not_exists(order_id) OR released_at < :cooldown',
      values: { ':cooldown': now.getTime() - releaseCooldownMs },
    },
  );

/** Marks an order as released that has no line yet. */
export const markReleased = (table: string, orderId: string, now: Date): Write =>
  put(table, {
    order_id: orderId,
    line_id: releasedKey,
    released_at: now.getTime(),
    purge_at: seconds(now.getTime() + settledLifetimeMs),
  } satisfies ReleasedRow);
