import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import type { HandledEvent } from '#shared/postgres/handled-events.ts';
import type { CustomerData } from '../adapters/customer-data.ts';
import type { OrderStore } from '../adapters/order-store.ts';
import { decideOrder } from '../domain/decide.ts';

/** What the workflow uses. */
export type EraseCustomerDeps = {
  customers: CustomerData;
  orders: OrderStore;
  commandMeta: () => CommandMeta;
};

/**
 * Removes a person from its orders. An order that was not shipped is cancelled, since it cannot be delivered without an
 * address: the event releases stock and refunds the money. May be repeated.
 */
export async function eraseCustomer(
  { customers, orders, commandMeta }: EraseCustomerDeps,
  userId: string,
  cause: Cause,
  handled?: HandledEvent,
): Promise<void> {
  await customers.markErased(userId);
  const reason = cause.actor?.kind === 'staff' ? 'staff-decision' : 'customer-request';
  for (const id of await customers.openOrdersOf(userId))
    await orders.change(id, (order) => cancelUnlessShipped(order, { reason, ...commandMeta() }), { cause });
  await customers.anonymise(userId, handled);
}

/** An order that was shipped in the meantime needs its address no more either. */
const cancelUnlessShipped = (
  order: Parameters<typeof decideOrder>[0],
  command: CommandMeta & { reason: 'customer-request' | 'staff-decision' },
) =>
  order.status === 'shipped' || order.status === 'completed'
    ? ({ kind: 'unchanged', state: order } as const)
    : decideOrder(order, { kind: 'cancel', ...command });
