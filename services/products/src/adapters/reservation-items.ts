import type { ReservedLine } from '#shared/contracts/stock.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { check, put, update, type Write } from '#shared/dynamo/write.ts';
import type { Currency } from '#shared/money.ts';
import { type Reservation, type ReservationLine, settleMs } from '../domain/reservation.ts';
import type { Allocation } from '../domain/stock.ts';

/** The sort key of the item that says that an order was released before it held anything. */
const releasedKey = '~released';
/** Lines that are settled are kept this long: longer than a queue and its dead letters keep an order's events. */
const keepSettledMs = 60 * 24 * 60 * 60 * 1000;
/** Holds that nobody settled are kept this long after they lapsed. */
const keepHeldMs = 365 * 24 * 60 * 60 * 1000;

type LineRow = {
  order_id: string;
  /** The product's id: an order has each product once. */
  line_id: string;
  product_id: string;
  state: ReservationLine['state'];
  /** Only while held, in ms: the sparse index holds nothing else. */
  expires_at?: number;
  released_at?: number;
  name: string;
  unit_price_cents: number;
  currency: Currency;
  quantity: number;
  allocations: { warehouse_id: string; quantity: number }[];
  purge_at: number;
};
type ReleasedRow = { order_id: string; line_id: typeof releasedKey; released_at: number; purge_at: number };

const isLine = (row: LineRow | ReleasedRow): row is LineRow => row.line_id !== releasedKey;
const seconds = (ms: number) => Math.floor(ms / 1000);

/** Everything that is known of an order's stock. */
export async function readReservation(dynamo: Dynamo, table: string, orderId: string): Promise<Reservation> {
  const { items } = await dynamo.query<LineRow | ReleasedRow>({
    table,
    where: 'order_id = :id',
    values: { ':id': orderId },
  });
  const tombstone = items.find((row) => !isLine(row));
  return {
    orderId,
    lines: items.filter(isLine).map(toLine),
    releasedAt: tombstone === undefined ? undefined : new Date(tombstone.released_at ?? 0),
  };
}

/** Holds of a product that have lapsed and were not settled, the oldest first. */
export async function readLapsedHolds(
  dynamo: Dynamo,
  table: string,
  productId: string,
  now: Date,
  limit: number,
): Promise<ReservationLine[]> {
  const { items } = await dynamo.query<LineRow>({
    table,
    index: 'product-expiry-index',
    where: 'product_id = :id AND expires_at < :now',
    values: { ':id': productId, ':now': now.getTime() },
    limit,
  });
  return items.map(toLine);
}

function toLine(row: LineRow): ReservationLine {
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
    case 'held':
      return { ...line, state: 'held', expiresAt: new Date(row.expires_at ?? 0) };
    case 'released':
      return { ...line, state: 'released', releasedAt: new Date(row.released_at ?? 0) };
    case 'committed':
    case 'expired':
      return { ...line, state: row.state };
  }
}

/** A line that was not held yet, lost its hold, or was released long enough ago. */
const free =
  'attribute_not_exists(order_id) OR #state = :expired OR (#state = :released AND released_at < :settled)';
const freeValues = (now: Date) => ({
  ':expired': 'expired',
  ':released': 'released',
  ':settled': now.getTime() - settleMs,
});

/** What every line keeps of its order and product. */
export type NewLine = ReservedLine & { orderId: string; allocations: Allocation[] };

/** Holds a line that is free to be held. */
export const holdLine = (table: string, line: NewLine, expiresAt: Date, now: Date): Write =>
  put(
    table,
    {
      ...toRow(line),
      state: 'held',
      expires_at: expiresAt.getTime(),
      purge_at: seconds(expiresAt.getTime() + keepHeldMs),
    },
    { condition: free, names: { '#state': 'state' }, values: freeValues(now) },
  );

/** Commits a line that had lost its hold, or never had one. */
export const commitFreeLine = (table: string, line: NewLine, now: Date): Write =>
  put(
    table,
    { ...toRow(line), state: 'committed', purge_at: seconds(now.getTime() + keepSettledMs) },
    {
      condition: 'attribute_not_exists(order_id) OR #state = :expired',
      names: { '#state': 'state' },
      values: { ':expired': 'expired' },
    },
  );

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

/** Demands that the order was not released a moment ago. */
export const notReleased = (table: string, orderId: string, now: Date): Write =>
  check(
    table,
    { order_id: orderId, line_id: releasedKey },
    {
      condition: 'attribute_not_exists(order_id) OR released_at < :settled',
      values: { ':settled': now.getTime() - settleMs },
    },
  );

/** Says that an order was released before it held anything. */
export const releaseAhead = (table: string, orderId: string, now: Date): Write =>
  put(table, {
    order_id: orderId,
    line_id: releasedKey,
    released_at: now.getTime(),
    purge_at: seconds(now.getTime() + keepSettledMs),
  } satisfies ReleasedRow);

/** Moves a line to a state in which nothing is held, provided that it is as it was read. */
export const settleLine = (
  table: string,
  line: ReservationLine,
  to: 'committed' | 'released' | 'expired',
  now: Date,
): Write =>
  update(
    table,
    { order_id: line.orderId, line_id: line.productId },
    `SET #state = :to, purge_at = :purge${to === 'released' ? ', released_at = :now' : ''} REMOVE expires_at`,
    {
      condition: `#state = :from${line.state === 'held' ? ' AND expires_at = :expiry' : ''}`,
      names: { '#state': 'state' },
      values: {
        ':from': line.state,
        ':to': to,
        ':purge': seconds(now.getTime() + keepSettledMs),
        ...(line.state === 'held' ? { ':expiry': line.expiresAt.getTime() } : {}),
        ...(to === 'released' ? { ':now': now.getTime() } : {}),
      },
    },
  );

/** Commits a line that is held from these warehouses, without having read it. */
export const commitHeld = (
  table: string,
  { orderId, productId, allocations }: { orderId: string; productId: string; allocations: Allocation[] },
  now: Date,
): Write =>
  update(
    table,
    { order_id: orderId, line_id: productId },
    'SET #state = :committed, purge_at = :purge REMOVE expires_at',
    {
      condition: '#state = :held AND allocations = :allocations',
      names: { '#state': 'state' },
      values: {
        ':held': 'held',
        ':committed': 'committed',
        ':allocations': toAllocationRows(allocations),
        ':purge': seconds(now.getTime() + keepSettledMs),
      },
    },
  );

/** Gives a held line more time. */
export const extendLine = (table: string, line: ReservationLine, expiresAt: Date): Write =>
  update(
    table,
    { order_id: line.orderId, line_id: line.productId },
    'SET expires_at = :expiry, purge_at = :purge',
    {
      condition: '#state = :held',
      names: { '#state': 'state' },
      values: {
        ':held': 'held',
        ':expiry': expiresAt.getTime(),
        ':purge': seconds(expiresAt.getTime() + keepHeldMs),
      },
    },
  );
