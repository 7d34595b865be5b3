import type { NewEvent } from '#shared/events/event.ts';
import {
  type CancellationReason,
  OrderCancelled,
  OrderCompleted,
  OrderPaid,
  OrderShipped,
} from '#shared/events/orders.ts';
import { OrderNotCancellable, OrderNotCompletable, OrderNotShippable } from './errors.ts';
import { factOf, identityOf } from './facts.ts';
import type {
  CancelledOrder,
  CompletedOrder,
  Order,
  PaidOrder,
  PendingOrder,
  ShippedOrder,
} from './order.ts';

/** What can be asked of an order, or has happened to it elsewhere. */
export type Command =
  /** The provider captured the money. */
  | { kind: 'record-capture'; paymentId: string; at: Date }
  /** The provider declined for good. */
  | { kind: 'record-decline'; at: Date }
  | { kind: 'cancel'; reason: Extract<CancellationReason, 'customer-request' | 'staff-decision'>; at: Date }
  /** Looks whether the payment deadline has passed. */
  | { kind: 'expire'; at: Date }
  /** The hold of a paid order was lost and the stock is gone. */
  | { kind: 'lose-stock'; at: Date }
  | { kind: 'ship'; carrier: string; trackingNumber: string; at: Date }
  | { kind: 'complete'; at: Date };

/** What a command comes to: the order as it is from now on with the fact to announce, or nothing to do. */
export type Decision =
  | { kind: 'changed'; order: Order; event: NewEvent }
  | { kind: 'unchanged'; order: Order };

/**
 * Decides every pair of command and state. A command that has nothing (more) to do leaves the order unchanged, so
 * that messages may come twice, late, and in any order; a person who asks for the impossible is refused.
 * @throws OrderNotCancellable, OrderNotShippable, OrderNotCompletable
 */
export function decide(order: Order, command: Command): Decision {
  switch (command.kind) {
    case 'record-capture':
      return recordCapture(order, command.paymentId, command.at);
    case 'record-decline':
      return recordDecline(order, command.at);
    case 'cancel':
      return cancelOnRequest(order, command.reason, command.at);
    case 'expire':
      return expire(order, command.at);
    case 'lose-stock':
      return loseStock(order, command.at);
    case 'ship':
      return ship(order, command);
    case 'complete':
      return complete(order, command.at);
  }
}

const unchanged = (order: Order): Decision => ({ kind: 'unchanged', order });

function recordCapture(order: Order, paymentId: string, at: Date): Decision {
  switch (order.status) {
    case 'pending': {
      const paid: PaidOrder = { ...order, status: 'paid', paymentId, paidAt: at, version: order.version + 1 };
      const { lines, reservationReceipt } = paid;
      const data = {
        ...identityOf(paid),
        paymentId,
        lines,
        ...(reservationReceipt === undefined ? {} : { reservationReceipt }),
      };
      return { kind: 'changed', order: paid, event: factOf(OrderPaid, paid, at, data) };
    }
    // Payments gives the money back: it is told of the cancellation, and keeps that on record for a late capture.
    case 'cancelled':
    case 'paid':
    case 'shipped':
    case 'completed':
      return unchanged(order);
  }
}

function recordDecline(order: Order, at: Date): Decision {
  switch (order.status) {
    case 'pending':
      return cancel(order, 'payment-failed', at);
    // A capture is the stronger word: a decline that comes after it is an older one.
    case 'paid':
    case 'shipped':
    case 'completed':
    case 'cancelled':
      return unchanged(order);
  }
}

function cancelOnRequest(order: Order, reason: CancellationReason, at: Date): Decision {
  switch (order.status) {
    case 'pending':
    case 'paid':
      return cancel(order, reason, at);
    case 'cancelled':
      return unchanged(order);
    case 'shipped':
    case 'completed':
      throw new OrderNotCancellable(
        `Order ${order.number} is ${order.status}; it can no longer be cancelled.`,
      );
  }
}

function expire(order: Order, at: Date): Decision {
  switch (order.status) {
    case 'pending':
      return order.paymentDeadline <= at ? cancel(order, 'payment-overdue', at) : unchanged(order);
    case 'paid':
    case 'shipped':
    case 'completed':
    case 'cancelled':
      return unchanged(order);
  }
}

function loseStock(order: Order, at: Date): Decision {
  switch (order.status) {
    // Stock is only committed for paid orders; whatever the state here, there is nothing to send.
    case 'pending':
    case 'paid':
      return cancel(order, 'stock-lost', at);
    // The goods left the house: there was stock after all.
    case 'shipped':
    case 'completed':
    case 'cancelled':
      return unchanged(order);
  }
}

function cancel(order: PendingOrder | PaidOrder, reason: CancellationReason, at: Date): Decision {
  const { status, ...placed } = order;
  const wasPaid = status === 'paid';
  const cancelled: CancelledOrder = {
    ...withoutPayment(placed),
    status: 'cancelled',
    cancelledAt: at,
    reason,
    version: order.version + 1,
    ...(wasPaid ? { payment: { paymentId: order.paymentId, paidAt: order.paidAt } } : {}),
  };
  const data = { ...identityOf(cancelled), reason, wasPaid };
  return { kind: 'changed', order: cancelled, event: factOf(OrderCancelled, cancelled, at, data) };
}

const withoutPayment = <T extends object>(order: T & { paymentId?: string; paidAt?: Date }) => {
  const { paymentId: _paymentId, paidAt: _paidAt, ...rest } = order;
  return rest;
};

function ship(order: Order, { carrier, trackingNumber, at }: Extract<Command, { kind: 'ship' }>): Decision {
  switch (order.status) {
    case 'paid': {
      const shipped: ShippedOrder = {
        ...order,
        status: 'shipped',
        carrier,
        trackingNumber,
        shippedAt: at,
        version: order.version + 1,
      };
      const data = { ...identityOf(shipped), carrier, trackingNumber };
      return { kind: 'changed', order: shipped, event: factOf(OrderShipped, shipped, at, data) };
    }
    case 'shipped':
    case 'completed':
      if (order.carrier === carrier && order.trackingNumber === trackingNumber) return unchanged(order);
      throw new OrderNotShippable(`Order ${order.number} was shipped with ${order.carrier} already.`);
    case 'pending':
    case 'cancelled':
      throw new OrderNotShippable(`Order ${order.number} is ${order.status}; only a paid order is shipped.`);
  }
}

function complete(order: Order, at: Date): Decision {
  switch (order.status) {
    case 'shipped': {
      const completed: CompletedOrder = {
        ...order,
        status: 'completed',
        completedAt: at,
        version: order.version + 1,
      };
      const event = factOf(OrderCompleted, completed, at, identityOf(completed));
      return { kind: 'changed', order: completed, event };
    }
    case 'completed':
      return unchanged(order);
    case 'pending':
    case 'paid':
    case 'cancelled':
      throw new OrderNotCompletable(
        `Order ${order.number} is ${order.status}; only a shipped order is completed.`,
      );
  }
}
