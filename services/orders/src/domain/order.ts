import type { Address } from '#shared/address/address.ts';
import type { CancellationReason } from '#shared/events/orders.ts';
import type { Money } from '#shared/money.ts';

/** A product in an order, at its price when it was ordered. */
export type OrderLine = { productId: string; name: string; quantity: number; unitPriceCents: number };

/** What every order has in every state. */
type Placed = {
  id: string;
  /** The number by which people refer to it. */
  number: string;
  userId: string;
  lines: OrderLine[];
  total: Money;
  shippingAddress: Address;
  /** The provider's token of the payment method. */
  paymentMethod: string;
  placedAt: Date;
  /** No charge starts after it. */
  paymentDeadline: Date;
  /** The receipt of the reservation, returned to the products service with the payment. */
  reservationReceipt?: string | undefined;
  /** Counts the changes from 1; each has one event with the same number as its sequence. */
  version: number;
};
type Payment = { paymentId: string; paidAt: Date };
type Shipment = { carrier: string; trackingNumber: string; shippedAt: Date };

/**
 * An order in one of its states:
 *
 *     pending ──▶ paid ──▶ shipped ──▶ completed
 *        │          │
 *        └──▶ cancelled ◀─┘
 */
export type Order = PendingOrder | PaidOrder | ShippedOrder | CompletedOrder | CancelledOrder;
export type PendingOrder = Placed & { status: 'pending' };
export type PaidOrder = Placed & Payment & { status: 'paid' };
export type ShippedOrder = Placed & Payment & Shipment & { status: 'shipped' };
export type CompletedOrder = Placed & Payment & Shipment & { status: 'completed'; completedAt: Date };
export type CancelledOrder = Placed & {
  status: 'cancelled';
  cancelledAt: Date;
  reason: CancellationReason;
  /** Present if the order was paid before: then payments refunds it. */
  payment?: Payment;
};

/** The states' names, as they are stored and shown. */
export const orderStatuses = ['pending', 'paid', 'shipped', 'completed', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];
