import type { ReservedLine, StockLine } from '#shared/contracts/stock.ts';
import { maxPiecesPerLine } from '#shared/contracts/stock.ts';
import { InvalidRequest } from '#shared/errors.ts';
import type { NewEvent } from '#shared/events/event.ts';
import { OrderCreated } from '#shared/events/orders.ts';
import { formatMoney, maxAmountCents, minChargeCents } from '#shared/money.ts';
import { MixedCurrencies, OrderAttemptExpired, OrderTooLarge, OrderTooSmall } from './errors.ts';
import { factOf, identityOf } from './facts.ts';
import type { PendingOrder, ShippingAddress } from './order.ts';
import { orderNumberOf } from './order-number.ts';

/** How long a customer has to pay: enough for a bank's confirmation, short enough that stock is not blocked. */
const paymentWindowMs = 30 * 60 * 1000;
/** How much longer stock is held: covers a capture that arrives late, and the minute until overdue orders are seen. */
const reservationMarginMs = 5 * 60 * 1000;
/** A retry of a request that was begun so long ago gets a new attempt instead of an order that is overdue at birth. */
const shortestWindowMs = 5 * 60 * 1000;

/** A line of the customer's request, with its index there (for refusals). */
export type RequestedLine = StockLine & { index: number };

/** Puts equal lines together, in the order of their first mention. @throws InvalidRequest beyond the bound of a line */
export function mergeLines(lines: readonly StockLine[]): RequestedLine[] {
  const merged = new Map<string, RequestedLine>();
  for (const [index, { productId, quantity }] of lines.entries()) {
    const known = merged.get(productId);
    if (known === undefined) merged.set(productId, { productId, quantity, index });
    else known.quantity += quantity;
    if ((known?.quantity ?? quantity) > maxPiecesPerLine) {
      const message = `makes more than ${maxPiecesPerLine} of one product`;
      throw new InvalidRequest(`A line ${message}.`, {
        subjects: [{ kind: 'line', index, part: 'quantity', message }],
      });
    }
  }
  return [...merged.values()];
}

/** The clock of one order: until when it may be paid, and until when its stock is held. */
export type Deadlines = { paymentDeadline: Date; reservedUntil: Date };

/**
 * The deadlines follow from when the request was first begun, which the id (UUIDv7) tells: a retry asks for the very
 * same hold.
 * @throws OrderAttemptExpired if too little of the payment window is left
 */
export function deadlinesOf(orderId: string, now: Date): Deadlines {
  const begunMs = Number.parseInt(orderId.replaceAll('-', '').slice(0, 12), 16);
  const paymentDeadline = new Date(begunMs + paymentWindowMs);
  if (paymentDeadline.getTime() - now.getTime() < shortestWindowMs)
    throw new OrderAttemptExpired('This attempt began too long ago. Send the request again.');
  return { paymentDeadline, reservedUntil: new Date(paymentDeadline.getTime() + reservationMarginMs) };
}

/** All that a new order is made of. */
export type Placing = {
  orderId: string;
  userId: string;
  lines: readonly ReservedLine[];
  reservationReceipt?: string | undefined;
  shippingAddress: ShippingAddress;
  paymentMethod: string;
  paymentDeadline: Date;
  at: Date;
};

/** A new order, with the fact that announces it. @throws MixedCurrencies, OrderTooLarge, OrderTooSmall */
export function place(placing: Placing): { order: PendingOrder; event: NewEvent } {
  const order: PendingOrder = {
    status: 'pending',
    id: placing.orderId,
    number: orderNumberOf(placing.orderId, placing.at),
    userId: placing.userId,
    lines: placing.lines.map(({ productId, name, quantity, unitPriceCents }) => ({
      productId,
      name,
      quantity,
      unitPriceCents,
    })),
    total: totalOf(placing.lines),
    shippingAddress: placing.shippingAddress,
    paymentMethod: placing.paymentMethod,
    placedAt: placing.at,
    paymentDeadline: placing.paymentDeadline,
    ...(placing.reservationReceipt === undefined ? {} : { reservationReceipt: placing.reservationReceipt }),
    version: 1,
  };
  const event = factOf(OrderCreated, order, placing.at, {
    ...identityOf(order),
    lines: order.lines,
    paymentMethod: order.paymentMethod,
    paymentDeadline: order.paymentDeadline.toISOString(),
  });
  return { order, event };
}

function totalOf(lines: readonly ReservedLine[]) {
  const currency = lines[0]?.currency ?? 'EUR';
  if (lines.some((line) => line.currency !== currency))
    throw new MixedCurrencies('The products of one order must be priced in one currency. Order them apart.', {
      subjects: [{ kind: 'lines', message: 'are priced in more than one currency' }],
    });
  const amountCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  if (amountCents > maxAmountCents)
    throw new OrderTooLarge('The total is more than one payment can carry. Order less at once.', {
      subjects: [{ kind: 'lines', message: 'cost more than one payment can carry' }],
    });
  if (amountCents < minChargeCents[currency]) {
    const least = formatMoney({ amountCents: minChargeCents[currency], currency });
    throw new OrderTooSmall(`The total is less than ${least}, the least that one payment can carry.`, {
      subjects: [{ kind: 'lines', message: `cost less than ${least}` }],
    });
  }
  return { amountCents, currency };
}
