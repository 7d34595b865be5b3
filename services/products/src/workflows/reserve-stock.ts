import type { CallResult } from '#shared/contracts/contract.ts';
import type {
  ReserveStockRefusal,
  ReserveStockRequest,
  ReserveStockResponse,
  StockLine,
} from '#shared/contracts/stock.ts';
import { Unavailable } from '#shared/errors.ts';
import { decideRepeat, type LineIn } from '../domain/reservation.ts';
import { writeReceipt } from '../domain/reservation-receipt.ts';
import { type AllocatedLine, decideAllocation, type ProductStock } from '../domain/stock.ts';
import { expireReservations } from './expire-reservations.ts';
import { contended, maxAttempts, type ReservationDeps } from './reservation-deps.ts';

type Result = CallResult<ReserveStockResponse, ReserveStockRefusal>;

/** The result of one try; `retry` after a conflict, with the refusal to return if no later try succeeds. */
type TryResult = { kind: 'done'; result: Result } | { kind: 'retry'; refusal?: ReserveStockRefusal };
const retry: TryResult = { kind: 'retry' };
const done = (result: Result): TryResult => ({ kind: 'done', result });

/**
 * Reserves stock for an order: all lines or none, in one transaction. A repeated request gets the same response.
 * Expired reservations of others are returned before any order is refused.
 * @throws Unavailable if the stock stays contended, or the order was just released
 */
export async function reserveStock(deps: ReservationDeps, request: ReserveStockRequest): Promise<Result> {
  let refusal: ReserveStockRefusal | undefined;
  for (let number = 1; number <= maxAttempts; number += 1) {
    const attempt = await tryToReserve(deps, request, number === 1);
    if (attempt.kind === 'done') return attempt.result;
    refusal = attempt.refusal ?? refusal;
  }
  if (refusal !== undefined) return { ok: false, refusal };
  throw contended();
}

async function tryToReserve(
  deps: ReservationDeps,
  request: ReserveStockRequest,
  useCache: boolean,
): Promise<TryResult> {
  const { reservations, stockCache, clock } = deps;
  const { orderId, lines } = request;
  const now = clock();
  const cached = useCache ? stockCache.plentiful(lines, now) : undefined;
  const stocks = cached ?? (await readStocks(deps, lines, now));
  const checkOffers = cached !== undefined;
  const maxStockItems = reservations.maxStockItems(lines.length, checkOffers);
  const decision = decideAllocation(lines, stocks, maxStockItems);
  if (decision.kind === 'refused')
    // The stock is read before an order is refused; many lines may also fit without the checks of cached offers.
    return cached === undefined ? refuse(deps, request, decision.refusal, now) : retry;
  const reservation = {
    orderId,
    lines: decision.lines,
    reservedUntil: new Date(request.reservedUntil),
    checkOffers,
  };
  switch (await reservations.reserve(reservation, now)) {
    case 'written':
      stockCache.subtract(decision.lines);
      await deps.lowStock.afterReservation(
        stocks.filter((stock) => stock !== undefined),
        lines,
        request,
      );
      return done({ ok: true, response: responseTo(decision.lines) });
    case 'order-known': {
      stockCache.invalidate(lines);
      const known = await repeat(deps, request, now);
      return known.kind === 'done' ? known : retry;
    }
    case 'stock-changed':
      stockCache.invalidate(lines);
      return retry;
  }
}

async function readStocks(
  { reservations, stockCache }: ReservationDeps,
  lines: readonly StockLine[],
  now: Date,
): Promise<(ProductStock | undefined)[]> {
  const stocks = await Promise.all(lines.map(({ productId }) => reservations.readStock(productId)));
  stockCache.store(
    stocks.filter((stock) => stock !== undefined),
    now,
  );
  return stocks;
}

/** Refuses, unless the order has reserved before or expired reservations of others make room. */
async function refuse(
  deps: ReservationDeps,
  request: ReserveStockRequest,
  refusal: ReserveStockRefusal,
  now: Date,
): Promise<TryResult> {
  const known = await repeat(deps, request, now);
  if (known.kind === 'done') return known;
  if (known.kind === 'retry') return { kind: 'retry', refusal };
  const returned = await expireReservations(deps.reservations, shortProducts(refusal), now);
  return returned ? { kind: 'retry', refusal } : done({ ok: false, refusal });
}

/** The products of which expired reservations could make room for the request. */
function shortProducts(refusal: ReserveStockRefusal): string[] {
  switch (refusal.code) {
    case 'OUT_OF_STOCK':
      return refusal.lines.map(({ productId }) => productId);
    case 'PRODUCT_NOT_FOUND':
    case 'ORDER_TOO_SCATTERED':
    case 'RESERVATION_REFUSED':
      return [];
  }
}

/** Handles a request of an order that has reserved before; `unknown` if it has not. @throws Unavailable */
async function repeat(
  { reservations }: ReservationDeps,
  request: ReserveStockRequest,
  now: Date,
): Promise<TryResult | { kind: 'unknown' }> {
  const reservedUntil = new Date(request.reservedUntil);
  const reservation = await reservations.read(request.orderId);
  const decision = decideRepeat(reservation, request.lines, reservedUntil, now);
  switch (decision.kind) {
    case 'reserved':
      return done({ ok: true, response: responseToRepeat(decision.lines) });
    case 'extend':
      return (await reservations.extend(decision.lines, reservedUntil)) === 'conflict'
        ? retry
        : done({ ok: true, response: responseToRepeat(decision.lines) });
    case 'start-over':
      if (decision.remaining.length === 0) return { kind: 'unknown' };
      await reservations.returnStock(decision.remaining, 'expired', now);
      return retry;
    case 'just-released':
      throw new Unavailable('This order was released a moment ago.', { retryAfterSeconds: 30 });
    case 'refused':
      return done({ ok: false, refusal: { code: 'RESERVATION_REFUSED', reason: decision.reason } });
  }
}

const responseTo = (lines: readonly AllocatedLine[]): ReserveStockResponse => ({
  lines: lines.map(({ productId, quantity, offer }) => ({
    productId,
    name: offer.name,
    unitPriceCents: offer.priceCents,
    currency: offer.currency,
    quantity,
  })),
  receipt: writeReceipt(lines),
});

const responseToRepeat = (lines: readonly LineIn<'reserved'>[]): ReserveStockResponse => ({
  lines: lines.map(({ productId, name, unitPriceCents, currency, quantity }) => ({
    productId,
    name,
    unitPriceCents,
    currency,
    quantity,
  })),
  receipt: writeReceipt(lines),
});
