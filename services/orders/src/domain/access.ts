import { type Caller, may, type Permission } from '#shared/auth/permissions.ts';
import { type CommandMeta, refused } from '#shared/decider.ts';
import { decideOrder, type OrderDecision } from './decide.ts';
import { OrderNotFound } from './errors.ts';
import type { Order } from './order.ts';

/** Whether an order is the caller's own, or the caller has the permission over all orders. */
export const isVisibleTo = (caller: Caller, order: Order, permission: Permission): boolean =>
  order.userId === caller.userId || may(caller, permission);

/** Whether the caller may list another customer's orders, or those of all (`undefined`). */
export const mayListOrdersOf = (caller: Caller, userId: string | undefined): boolean =>
  userId === undefined || userId === caller.userId || may(caller, 'orders:read-any');

/** Whose orders a list shows: staff sees all by default, a customer only its own. */
export const listedUserId = (caller: Caller, userId: string | undefined): string | undefined =>
  may(caller, 'orders:read-any') ? userId : caller.userId;

/** Cancels an order for its customer or for staff; for anybody else it does not exist. */
export function cancelAs(caller: Caller, order: Order, meta: CommandMeta): OrderDecision {
  if (!isVisibleTo(caller, order, 'orders:cancel-any')) return refused(orderNotFound());
  const reason = caller.userId === order.userId ? 'customer-request' : 'staff-decision';
  return decideOrder(order, { kind: 'cancel', reason, ...meta });
}

/** The refusal for an order that does not exist, or not for this caller. */
export const orderNotFound = () => new OrderNotFound('There is no such order.');
