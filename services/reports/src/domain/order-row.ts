import type { EnvelopeOf } from '#shared/events/event.ts';
import type {
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
  OrderPaid,
  OrderShipped,
} from '#shared/events/orders.ts';
import { timeOfId } from '#shared/ids.ts';

/** The events of an order's progress; each contains everything that a row needs. */
export type OrderProgress =
  | EnvelopeOf<typeof OrderCreated>
  | EnvelopeOf<typeof OrderPaid>
  | EnvelopeOf<typeof OrderShipped>
  | EnvelopeOf<typeof OrderCompleted>
  | EnvelopeOf<typeof OrderCancelled>;

export type OrderStatus = 'pending' | 'paid' | 'shipped' | 'completed' | 'cancelled';

/** One order in a daily report. `sequence` is that of the newest event handled; older events change nothing. */
export type OrderRow = {
  orderId: string;
  /** The UTC day on which the order was placed: `2026-11-21`. */
  day: string;
  orderNumber: string;
  status: OrderStatus;
  totalCents: number;
  currency: string;
  /** Paid and not cancelled. */
  paid: boolean;
  placedAt: string;
  changedAt: string;
  sequence: number;
};

const statusAfter: Record<OrderProgress['type'], OrderStatus> = {
  ORDER_CREATED: 'pending',
  ORDER_PAID: 'paid',
  ORDER_SHIPPED: 'shipped',
  ORDER_COMPLETED: 'completed',
  ORDER_CANCELLED: 'cancelled',
};

/** The UTC day of a time: `2026-11-21`. */
export const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

/**
 * The row after an event. The day is that of the order's id (UUIDv7), created when the order is placed, so every event
 * of an order finds its row without a read.
 */
export function rowAfter(event: OrderProgress): OrderRow {
  const placed = timeOfId(event.data.orderId);
  const status = statusAfter[event.type];
  return {
    orderId: event.data.orderId,
    day: dayOf(placed),
    orderNumber: event.data.orderNumber,
    status,
    totalCents: event.data.totalCents,
    currency: event.data.currency,
    paid: status === 'paid' || status === 'shipped' || status === 'completed',
    placedAt: placed.toISOString(),
    changedAt: event.time,
    sequence: event.sequence,
  };
}
