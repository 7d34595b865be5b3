import { type CommandMeta, type Decider, type Decision, refused, unchanged } from '#shared/decider.ts';
import type { ShopError } from '#shared/errors.ts';
import {
  type CancellationReason,
  OrderCancelled,
  OrderCompleted,
  OrderPaid,
  OrderShipped,
} from '#shared/events/orders.ts';
import { OrderNotCancellable, OrderNotCompletable, OrderNotShippable } from './errors.ts';
import { identityOf, orderEvent } from './events.ts';
import type {
  CancelledOrder,
  CompletedOrder,
  Order,
  PaidOrder,
  PendingOrder,
  ShippedOrder,
} from './order.ts';

/** A command to an existing order. */
export type OrderCommand = CommandMeta &
  (
    | { kind: 'record-capture'; paymentId: string }
    | { kind: 'record-decline' }
    | { kind: 'cancel'; reason: Extract<CancellationReason, 'customer-request' | 'staff-decision'> }
    /** Cancels the order if its payment deadline has passed. */
    | { kind: 'expire' }
    /** The reservation of the paid order was lost and the stock is gone. */
    | { kind: 'lose-reservation' }
    | { kind: 'ship'; carrier: string; trackingNumber: string }
    | { kind: 'complete' }
  );

/** The decision on a command to an order. */
export type OrderDecision = Decision<Order, ShopError>;

/**
 * Decides every pair of state and command. A command without (further) effect leaves the order unchanged, so that
 * messages may arrive twice, late, and in any order; a request for an impossible change is refused with
 * OrderNotCancellable, OrderNotShippable or OrderNotCompletable.
 */
export const decideOrder: Decider<Order, OrderCommand, ShopError> = (order, command) => {
  switch (command.kind) {
    case 'record-capture':
      return recordCapture(order, command.paymentId, command);
    case 'record-decline':
      return recordDecline(order, command);
    case 'cancel':
      return cancelOnRequest(order, command.reason, command);
    case 'expire':
      return expire(order, command);
    case 'lose-reservation':
      return loseReservation(order, command);
    case 'ship':
      return ship(order, command);
    case 'complete':
      return complete(order, command);
  }
};

function recordCapture(order: Order, paymentId: string, meta: CommandMeta): OrderDecision {
  switch (order.status) {
    case 'pending': {
      const version = order.version + 1;
      const paid: PaidOrder = { ...order, status: 'paid', paymentId, paidAt: meta.at, version };
      const { lines, reservationReceipt } = paid;
      const data = {
        ...identityOf(paid),
        paymentId,
        lines,
        ...(reservationReceipt === undefined ? {} : { reservationReceipt }),
      };
      return { kind: 'changed', state: paid, events: [orderEvent(OrderPaid, paid, meta, data)] };
    }
    // Payments refunds it after ORDER_CANCELLED, also if the capture comes later.
    case 'cancelled':
    case 'paid':
    case 'shipped':
    case 'completed':
      return unchanged(order);
  }
}

function recordDecline(order: Order, meta: CommandMeta): OrderDecision {
  switch (order.status) {
    case 'pending':
      return cancel(order, 'payment-failed', meta);
    // A capture is final: a decline that arrives after it is older.
    case 'paid':
    case 'shipped':
    case 'completed':
    case 'cancelled':
      return unchanged(order);
  }
}

function cancelOnRequest(order: Order, reason: CancellationReason, meta: CommandMeta): OrderDecision {
  switch (order.status) {
    case 'pending':
    case 'paid':
      return cancel(order, reason, meta);
    case 'cancelled':
      return unchanged(order);
    case 'shipped':
    case 'completed':
      return refused(
        new OrderNotCancellable(`Order ${order.number} is ${order.status}; it can no longer be cancelled.`),
      );
  }
}

function expire(order: Order, meta: CommandMeta): OrderDecision {
  switch (order.status) {
    case 'pending':
      return order.paymentDeadline <= meta.at ? cancel(order, 'payment-overdue', meta) : unchanged(order);
    case 'paid':
    case 'shipped':
    case 'completed':
    case 'cancelled':
      return unchanged(order);
  }
}

function loseReservation(order: Order, meta: CommandMeta): OrderDecision {
  switch (order.status) {
    // Reservations are confirmed for paid orders only; in either state there is nothing to ship.
    case 'pending':
    case 'paid':
      return cancel(order, 'stock-lost', meta);
    // The goods were shipped, so there was stock after all.
    case 'shipped':
    case 'completed':
    case 'cancelled':
      return unchanged(order);
  }
}

function cancel(
  order: PendingOrder | PaidOrder,
  reason: CancellationReason,
  meta: CommandMeta,
): OrderDecision {
  const { status, ...placed } = order;
  const wasPaid = status === 'paid';
  const cancelled: CancelledOrder = {
    ...withoutPayment(placed),
    status: 'cancelled',
    cancelledAt: meta.at,
    reason,
    version: order.version + 1,
    ...(wasPaid ? { payment: { paymentId: order.paymentId, paidAt: order.paidAt } } : {}),
  };
  const data = { ...identityOf(cancelled), reason, wasPaid };
  return { kind: 'changed', state: cancelled, events: [orderEvent(OrderCancelled, cancelled, meta, data)] };
}

const withoutPayment = <T extends object>(order: T & { paymentId?: string; paidAt?: Date }) => {
  const { paymentId: _paymentId, paidAt: _paidAt, ...rest } = order;
  return rest;
};

function ship(
  order: Order,
  { carrier, trackingNumber, ...meta }: Extract<OrderCommand, { kind: 'ship' }>,
): OrderDecision {
  switch (order.status) {
    case 'paid': {
      const shipped: ShippedOrder = {
        ...order,
        status: 'shipped',
        carrier,
        trackingNumber,
        shippedAt: meta.at,
        version: order.version + 1,
      };
      const data = { ...identityOf(shipped), carrier, trackingNumber };
      return { kind: 'changed', state: shipped, events: [orderEvent(OrderShipped, shipped, meta, data)] };
    }
    case 'shipped':
    case 'completed':
      return order.carrier === carrier && order.trackingNumber === trackingNumber
        ? unchanged(order)
        : refused(new OrderNotShippable(`Order ${order.number} is already shipped with ${order.carrier}.`));
    case 'pending':
    case 'cancelled':
      return refused(
        new OrderNotShippable(`Order ${order.number} is ${order.status}; only a paid order can be shipped.`),
      );
  }
}

function complete(order: Order, meta: CommandMeta): OrderDecision {
  switch (order.status) {
    case 'shipped': {
      const version = order.version + 1;
      const completed: CompletedOrder = { ...order, status: 'completed', completedAt: meta.at, version };
      const event = orderEvent(OrderCompleted, completed, meta, identityOf(completed));
      return { kind: 'changed', state: completed, events: [event] };
    }
    case 'completed':
      return unchanged(order);
    case 'pending':
    case 'paid':
    case 'cancelled':
      return refused(
        new OrderNotCompletable(
          `Order ${order.number} is ${order.status}; only a shipped order can be completed.`,
        ),
      );
  }
}
