import type { Clock } from '#shared/clock.ts';
import type { CallResult } from '#shared/contracts/contract.ts';
import type {
  ReservedLine,
  ReserveStockRefusal,
  ReserveStockRequest,
  ReserveStockResponse,
  StockLine,
} from '#shared/contracts/stock.ts';
import { ConditionsFailed, conditionFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import type { Transact } from '#shared/dynamo/transaction-batcher.ts';
import { check, type Write } from '#shared/dynamo/write.ts';
import { Unavailable } from '#shared/errors.ts';
import { writeReceipt } from '../domain/receipt.ts';
import { decideRepeat, type LineIn } from '../domain/reservation.ts';
import { type AllocatedLine, decideHold } from '../domain/stock.ts';
import type { LowStock } from './low-stock.ts';
import type { RecentStock } from './recent-stock.ts';
import { giveBack, reclaimLapsed } from './reclaim.ts';
import { extendLine, holdLine, notReleased, readReservation } from './reservation-items.ts';
import { moveStock, readStock } from './stock-items.ts';
import { offerKey, type Tables } from './tables.ts';

/** TransactWriteItems takes no more (Amazon DynamoDB, "Service quotas"). */
export const maxTransactionItems = 100;
/** A failed condition means that somebody else went first: after so many of them the caller is asked to come back. */
export const maxRaces = 10;

/** What the ledger works with. */
export type LedgerParts = {
  dynamo: Dynamo;
  /** Commits the transactions of orders at the same time in one call. */
  commit: Transact;
  tables: Tables;
  recent: RecentStock;
  lowStock: LowStock;
  clock: Clock;
};

/**
 * Holds stock for an order: all lines or none, in one transaction whose conditions no concurrency can pass twice.
 * The same request again gets the same answer; a lapsed hold of somebody else is taken back before anyone is refused.
 * @throws Unavailable if the items stay contended
 */
export async function reserveStock(
  parts: LedgerParts,
  request: ReserveStockRequest,
): Promise<CallResult<ReserveStockResponse, ReserveStockRefusal>> {
  const { dynamo, commit, tables, recent, lowStock, clock } = parts;
  const { lines } = request;
  let refusal: ReserveStockRefusal | undefined;
  for (let race = 0; race < maxRaces; race++) {
    const now = clock();
    const hinted = race === 0 ? recent.ample(lines, now) : undefined;
    const stocks = hinted ?? (await readStocks(parts, lines, now));
    const decision = decideHold(lines, stocks, maxPlaces(lines, hinted !== undefined));
    if (decision.kind !== 'hold') {
      // Memory conditionFailed nobody: the stock is read. Many lines may also fit only without the checks that memory needs.
      if (hinted !== undefined) continue;
      const repeated = await repeat(parts, request, now);
      if (repeated.kind === 'result') return repeated.result;
      refusal = decision.refusal;
      const retriable =
        repeated.kind === 'changed' ||
        (refusal.code === 'OUT_OF_STOCK' &&
          (await reclaimLapsed(
            dynamo,
            tables,
            refusal.lines.map(({ productId }) => productId),
            now,
          )));
      if (!retriable) return { ok: false, refusal };
      continue;
    }
    const hold = holdWrites(tables, request, decision.lines, hinted !== undefined, now);
    try {
      await commit([...hold.order, ...hold.stock]);
    } catch (error) {
      if (!(error instanceof ConditionsFailed)) throw error;
      recent.forget(lines);
      if (conditionFailed(error, ...hold.order)) {
        const repeated = await repeat(parts, request, now);
        if (repeated.kind === 'result') return repeated.result;
      }
      continue;
    }
    recent.taken(decision.lines);
    await lowStock.afterHold(stocks, lines, request);
    return {
      ok: true,
      response: { lines: decision.lines.map(toReservedLine), receipt: writeReceipt(decision.lines) },
    };
  }
  if (refusal !== undefined) return { ok: false, refusal };
  throw new Unavailable('This stock is contended. Try again in a moment.', { retryAfterSeconds: 1 });
}

async function readStocks({ dynamo, tables, recent }: LedgerParts, lines: readonly StockLine[], now: Date) {
  const stocks = await Promise.all(
    lines.map(({ productId }) => readStock(dynamo, tables.inventory, productId)),
  );
  recent.seen(stocks, now);
  return stocks;
}

/**
 * Places of stock that fit one transaction: {@link holdWrites} has besides them the check that the order was not just
 * released, a reservation per line, and after a hint a check per line.
 */
const maxPlaces = (lines: readonly StockLine[], hinted: boolean): number =>
  maxTransactionItems - 1 - lines.length * (hinted ? 2 : 1);

/** Writes of a hold: those about the order, whose failure means that it is known, and those about the stock. */
function holdWrites(
  tables: Tables,
  { orderId, reservedUntil }: ReserveStockRequest,
  lines: AllocatedLine[],
  hinted: boolean,
  now: Date,
): { order: Write[]; stock: Write[] } {
  const order = [
    notReleased(tables.reservations, orderId, now),
    ...lines.map((line) =>
      holdLine(
        tables.reservations,
        { ...toReservedLine(line), orderId, allocations: line.allocations },
        new Date(reservedUntil),
        now,
      ),
    ),
  ];
  const stock = lines.flatMap(({ productId, allocations, offer }) => [
    ...allocations.map(({ warehouseId, quantity }) =>
      moveStock(tables.inventory, { productId, warehouseId, available: -quantity, reserved: quantity }),
    ),
    // What was read a moment ago is sold as it was read; what is remembered must still be so.
    ...(hinted ? [offerUnchanged(tables.inventory, productId, offer.version)] : []),
  ]);
  return { order, stock };
}

const offerUnchanged = (table: string, productId: string, version: number): Write =>
  check(
    table,
    { product_id: productId, warehouse_id: offerKey },
    { condition: 'version = :version', values: { ':version': version } },
  );

const toReservedLine = ({ productId, quantity, offer }: AllocatedLine): ReservedLine => ({
  productId,
  name: offer.name,
  unitPriceCents: offer.priceCents,
  currency: offer.currency,
  quantity,
});

type Repeated =
  | { kind: 'result'; result: CallResult<ReserveStockResponse, ReserveStockRefusal> }
  | { kind: 'changed' }
  | { kind: 'nothing' };

/** Looks whether the order is known, and returns what it has reserved. @throws Unavailable */
async function repeat(parts: LedgerParts, request: ReserveStockRequest, now: Date): Promise<Repeated> {
  try {
    return await answerKnown(parts, request, now);
  } catch (error) {
    if (error instanceof ConditionsFailed) return { kind: 'changed' };
    throw error;
  }
}

async function answerKnown(parts: LedgerParts, request: ReserveStockRequest, now: Date): Promise<Repeated> {
  const { dynamo, tables } = parts;
  const expiresAt = new Date(request.reservedUntil);
  const reservation = await readReservation(dynamo, tables.reservations, request.orderId);
  const decision = decideRepeat(reservation, request.lines, expiresAt, now);
  switch (decision.kind) {
    case 'answer':
      return answering(decision.lines);
    case 'extend':
      await dynamo.transact(decision.lines.map((line) => extendLine(tables.reservations, line, expiresAt)));
      return answering(decision.lines);
    case 'start-over':
      if (decision.leftover.length === 0) return { kind: 'nothing' };
      await dynamo.transact(giveBack(tables, decision.leftover, 'expired', now));
      return { kind: 'changed' };
    case 'settling':
      throw new Unavailable('This order was released a moment ago.', { retryAfterSeconds: 30 });
    case 'refused':
      return {
        kind: 'result',
        result: { ok: false, refusal: { code: 'RESERVATION_REFUSED', reason: decision.reason } },
      };
  }
}

const answering = (held: readonly LineIn<'held'>[]): Repeated => ({
  kind: 'result',
  result: {
    ok: true,
    response: {
      lines: held.map(({ productId, name, unitPriceCents, currency, quantity }) => ({
        productId,
        name,
        unitPriceCents,
        currency,
        quantity,
      })),
      receipt: writeReceipt(held),
    },
  },
});
