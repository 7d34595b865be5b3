import { type Caller, may, type Permission } from '#shared/auth/permissions.ts';
import { Forbidden } from '#shared/errors.ts';
import { OrderNotFound } from './errors.ts';
import type { Order } from './order.ts';

/**
 * Lets an order through to its customer, and to whoever has the permission over everybody's.
 * @throws OrderNotFound for all others, as if it were not there
 */
export function visibleTo(caller: Caller, order: Order, permission: Permission): Order {
  if (order.userId === caller.userId || may(caller, permission)) return order;
  throw new OrderNotFound('There is no such order.');
}

/** Whose orders a caller lists: everybody's only for staff. @throws Forbidden for another customer's */
export function listedUser(caller: Caller, userId: string | undefined): string | undefined {
  if (may(caller, 'orders:read-any')) return userId;
  if (userId !== undefined && userId !== caller.userId)
    throw new Forbidden("Only staff may list another customer's orders.");
  return caller.userId;
}

/** Why an order is cancelled, by who asks. */
export const reasonOf = (caller: Caller, order: Order) =>
  caller.userId === order.userId ? 'customer-request' : 'staff-decision';
