import type { EventDefinition, NewEvent } from '#shared/events/event.ts';
import type {
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
  OrderPaid,
  OrderShipped,
} from '#shared/events/orders.ts';
import { newId } from '#shared/ids.ts';
import type { Order } from './order.ts';

/** The events that orders announces. */
export type OrderEvent =
  | typeof OrderCreated
  | typeof OrderPaid
  | typeof OrderShipped
  | typeof OrderCompleted
  | typeof OrderCancelled;

/** What every event of an order says of it. */
export const identityOf = (order: Order) => ({
  orderId: order.id,
  userId: order.userId,
  orderNumber: order.number,
  totalCents: order.total.amountCents,
  currency: order.total.currency,
});

/** The fact that brought an order to its present version. */
export const factOf = <D extends OrderEvent & EventDefinition>(
  definition: D,
  order: Order,
  time: Date,
  data: NewEvent<D>['data'],
): NewEvent => ({ definition, id: newId(), aggregateId: order.id, sequence: order.version, time, data });
