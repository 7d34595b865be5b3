import { type Address, validAddress } from '#shared/address/address.ts';
import type { CommandMeta } from '#shared/decider.ts';
import { ShopError } from '#shared/errors.ts';
import type { ChangeOptions } from '#shared/postgres/change-store.ts';
import { sqlState } from '#shared/postgres/database.ts';
import type { OrderStore } from '../adapters/order-store.ts';
import type { ProductCatalog } from '../adapters/product-catalog.ts';
import { OrderAttemptExpired } from '../domain/errors.ts';
import type { Order } from '../domain/order.ts';
import { deadlinesOf, placeOrder as decidePlacing, type RequestedLine } from '../domain/place.ts';
import { reservationRefusal } from '../domain/reservation-refusal.ts';

/** What the workflow uses. */
export type PlaceOrderDeps = {
  catalog: ProductCatalog;
  orders: OrderStore;
  commandMeta: () => CommandMeta;
};

/** What a customer orders. */
export type OrderRequest = {
  orderId: string;
  userId: string;
  lines: readonly RequestedLine[];
  shippingAddress: Address;
  paymentMethod: string;
};

/**
 * Reserves the lines and writes the order with the prices of that moment. If the order is refused for good, the
 * reservation is released; after another failure it is kept for a retry under the same id, and expires by itself.
 * @throws InvalidAddress, OutOfStock, UnknownProduct, OrderTooScattered, OrderAttemptExpired, MixedCurrencies, OrderTooLarge,
 * OrderTooSmall, Unavailable, RequestInProgress
 */
export async function placeOrder(
  { catalog, orders, commandMeta }: PlaceOrderDeps,
  request: OrderRequest,
  options: ChangeOptions<Order>,
): Promise<Order> {
  const { orderId, userId, lines, paymentMethod } = request;
  const { cause } = options;
  const shippingAddress = validAddress(request.shippingAddress);

  const deadlines = deadlinesOf(orderId, commandMeta().at);
  if (deadlines === undefined)
    throw new OrderAttemptExpired('This attempt began too long ago. Send the request again.');
  const { paymentDeadline, reservedUntil } = deadlines;

  const reservation = await catalog.reserve({ orderId, lines, reservedUntil }, cause);
  if (!reservation.ok) throw reservationRefusal(reservation.refusal, lines);

  const decision = decidePlacing({
    ...commandMeta(),
    orderId,
    userId,
    lines: reservation.response.lines,
    reservationReceipt: reservation.response.receipt,
    shippingAddress,
    paymentMethod,
    paymentDeadline,
  });
  try {
    return await orders.create(decision, options);
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
