import type { CommandMeta } from '#shared/decider.ts';
import type { EventDefinition, NewEvent } from '#shared/events/event.ts';
import type {
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
  OrderPaid,
  OrderShipped,
} from '#shared/events/orders.ts';
import type { Order } from './order.ts';

/** The events of an order. */
type OrderEvent =
  | typeof OrderCreated
  | typeof OrderPaid
  | typeof OrderShipped
  | typeof OrderCompleted
  | typeof OrderCancelled;

/** The part of the data that all events of an order share. */
export const identityOf = (order: Order) => ({
  orderId: order.id,
  userId: order.userId,
  orderNumber: order.number,
  totalCents: order.total.amountCents,
  currency: order.total.currency,
});

/** The event that announces the change to an order's current version. */
export const orderEvent = <D extends OrderEvent & EventDefinition>(
  definition: D,
  order: Order,
  { at, eventId }: CommandMeta,
  data: NewEvent<D>['data'],
): NewEvent => ({ definition, id: eventId, aggregateId: order.id, sequence: order.version, time: at, data });
