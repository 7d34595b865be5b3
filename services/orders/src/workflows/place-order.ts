import type { Clock } from '#shared/clock.ts';
import { ShopError } from '#shared/errors.ts';
import type { Cause } from '#shared/events/event.ts';
import type { HttpResponse } from '#shared/http/response.ts';
import { sqlState } from '#shared/postgres/database.ts';
import type { Completion } from '#shared/postgres/idempotency.ts';
import type { OrderStore } from '../adapters/order-store.ts';
import type { ProductCatalog } from '../adapters/product-catalog.ts';
import { placedAnswer } from '../answers.ts';
import type { ShippingAddress } from '../domain/order.ts';
import { deadlinesOf, place, type RequestedLine } from '../domain/place.ts';
import { reservationRefusal } from '../domain/reservation-refusal.ts';

/** What placing an order uses. */
export type PlaceOrderDeps = { catalog: ProductCatalog; orders: OrderStore; clock: Clock };

/** What a customer orders. */
export type OrderRequest = {
  orderId: string;
  userId: string;
  lines: readonly RequestedLine[];
  shippingAddress: ShippingAddress;
  paymentMethod: string;
};

/**
 * Reserves the lines and writes the order with the prices of that moment. If the order is refused for good, the
 * reservation is released; after an unexpected failure it is kept for the retry under the same id, and expires.
 * @throws OutOfStock, UnknownProduct, OrderTooScattered, OrderAttemptExpired, MixedCurrencies, OrderTooLarge,
 * OrderTooSmall, Unavailable, RequestInProgress
 */
export async function placeOrder(
  { catalog, orders, clock }: PlaceOrderDeps,
  { orderId, userId, lines, shippingAddress, paymentMethod }: OrderRequest,
  cause: Cause,
  complete: Completion,
): Promise<HttpResponse> {
  const { paymentDeadline, reservedUntil } = deadlinesOf(orderId, clock());
  const reservation = await catalog.reserve({ orderId, lines, reservedUntil }, cause);
  if (!reservation.ok) throw reservationRefusal(reservation.refusal, lines);
  const reserved = reservation.response;
  try {
    const placed = place({
      orderId,
      userId,
      lines: reserved.lines,
      reservationReceipt: reserved.receipt,
      shippingAddress,
      paymentMethod,
      paymentDeadline,
      at: clock(),
    });
    const response = placedAnswer(placed.order);
    await orders.add(placed, cause, complete, response);
    return response;
  } catch (error) {
    if (isFinal(error)) await catalog.release(orderId, cause);
    throw error;
  }
}

/** Refused by us, or by the database (SQLSTATE 22 data, 23 integrity): certainly nothing was written. */
function isFinal(error: unknown): boolean {
  if (error instanceof ShopError) return error.remedy === 'fix-request';
  return /^2[23]/.test(sqlState(error) ?? '');
}
