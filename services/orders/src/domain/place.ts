import type { Address } from '#shared/address/address.ts';
import type { ReservedLine, StockLine } from '#shared/contracts/stock.ts';
import { maxPiecesPerLine } from '#shared/contracts/stock.ts';
import { type CommandMeta, type Decision, refused } from '#shared/decider.ts';
import type { ShopError } from '#shared/errors.ts';
import { OrderCreated } from '#shared/events/orders.ts';
import { timeOfId } from '#shared/ids.ts';
import { formatMoney, type Money, maxAmountCents, minChargeCents } from '#shared/money.ts';
import { MixedCurrencies, OrderTooLarge, OrderTooSmall } from './errors.ts';
import { identityOf, orderEvent } from './events.ts';
import type { PendingOrder } from './order.ts';
import { orderNumberOf } from './order-number.ts';

/** How long a customer has to pay: enough for a bank's confirmation, short enough not to block stock. */
const paymentWindowMs = 30 * 60 * 1000;
/** How much longer stock is reserved: covers a late capture, and the minute until overdue orders are cancelled. */
const reservationMarginMs = 5 * 60 * 1000;
/** A retry with less time than this to pay starts a new attempt instead of placing an order that soon expires. */
const minWindowMs = 5 * 60 * 1000;

/** A line of the customer's request, with its index there (for refusals). */
export type RequestedLine = StockLine & { index: number };

/** Merges lines of the same product, in the order of their first mention. */
export function mergeLines(lines: readonly StockLine[]): RequestedLine[] {
  const merged = new Map<string, RequestedLine>();
  for (const [index, { productId, quantity }] of lines.entries()) {
    const known = merged.get(productId);
    if (known === undefined) merged.set(productId, { productId, quantity, index });
    else known.quantity += quantity;
  }
  return [...merged.values()];
}

/** The index of the first line that exceeds the limit of one product together with those before it, if one does. */
export function lineOverLimit(lines: readonly StockLine[]): number | undefined {
  const pieces = new Map<string, number>();
  for (const [index, { productId, quantity }] of lines.entries()) {
    const total = (pieces.get(productId) ?? 0) + quantity;
    if (total > maxPiecesPerLine) return index;
    pieces.set(productId, total);
  }
  return undefined;
}

/** Until when an order may be paid, and until when its stock is reserved. */
export type Deadlines = { paymentDeadline: Date; reservedUntil: Date };

/**
 * The deadlines follow from the time of the first attempt, which the id (UUIDv7) contains, so that a retry asks for
 * the same reservation. `undefined` if too little of the payment window is left.
 */
export function deadlinesOf(orderId: string, now: Date): Deadlines | undefined {
  const paymentDeadline = new Date(timeOfId(orderId).getTime() + paymentWindowMs);
  if (paymentDeadline.getTime() - now.getTime() < minWindowMs) return undefined;
  return { paymentDeadline, reservedUntil: new Date(paymentDeadline.getTime() + reservationMarginMs) };
}

/** Everything that a new order consists of. */
export type NewOrder = CommandMeta & {
  orderId: string;
  userId: string;
  lines: readonly ReservedLine[];
  reservationReceipt?: string | undefined;
  shippingAddress: Address;
  paymentMethod: string;
  paymentDeadline: Date;
};

/** Places an order; refused with MixedCurrencies, OrderTooLarge or OrderTooSmall. */
export function placeOrder(command: NewOrder): Decision<PendingOrder, ShopError> {
  const total = totalOf(command.lines);
  if ('refusal' in total) return total;
  const order: PendingOrder = {
    status: 'pending',
    id: command.orderId,
    number: orderNumberOf(command.orderId, command.at),
    userId: command.userId,
    lines: command.lines.map(({ productId, name, quantity, unitPriceCents }) => ({
      productId,
      name,
      quantity,
      unitPriceCents,
    })),
    total,
    shippingAddress: command.shippingAddress,
    paymentMethod: command.paymentMethod,
    placedAt: command.at,
    paymentDeadline: command.paymentDeadline,
    ...(command.reservationReceipt === undefined ? {} : { reservationReceipt: command.reservationReceipt }),
    version: 1,
  };
  const event = orderEvent(OrderCreated, order, command, {
    ...identityOf(order),
    lines: order.lines,
    paymentMethod: order.paymentMethod,
    paymentDeadline: order.paymentDeadline.toISOString(),
  });
  return { kind: 'changed', state: order, events: [event] };
}

function totalOf(lines: readonly ReservedLine[]): Money | { kind: 'refused'; refusal: ShopError } {
  const currency = lines[0]?.currency ?? 'EUR';
  if (lines.some((line) => line.currency !== currency))
    return refused(
      new MixedCurrencies(
        'The products of one order must be priced in one currency. Order them separately.',
        aboutLines('are priced in more than one currency'),
      ),
    );
  const amountCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  if (amountCents > maxAmountCents)
    return refused(
      new OrderTooLarge(
        'The total is above the maximum of one payment. Order less at once.',
        aboutLines('cost more than the maximum of one payment'),
      ),
    );
  const minimum = formatMoney({ amountCents: minChargeCents[currency], currency });
  if (amountCents < minChargeCents[currency])
    return refused(
      new OrderTooSmall(
        `The total is less than ${minimum}, the minimum of one payment.`,
        aboutLines(`cost less than ${minimum}`),
      ),
    );
  return { amountCents, currency };
}

const aboutLines = (message: string) => ({ subjects: [{ kind: 'lines', message }] });
