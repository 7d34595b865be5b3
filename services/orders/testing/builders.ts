import { newId } from '#shared/ids.ts';
import { eur, type Money } from '#shared/money.ts';
import type {
  CancelledOrder,
  CompletedOrder,
  Order,
  OrderStatus,
  PaidOrder,
  PendingOrder,
  ShippedOrder,
} from '../src/domain/order.ts';
import { placeOrder } from '../src/domain/place.ts';

/** Noon of a quiet day, when every order of the tests is placed. */
export const noon = new Date('2026-11-21T12:00:00Z');
/** So many minutes after noon. */
export const minutesAfter = (minutes: number): Date => new Date(noon.getTime() + minutes * 60_000);

/** An address that a parcel reaches. */
export const anAddress = {
  name: 'Ada Lovelace',
  line1: '1 Analytical Way',
  postalCode: 'E1 6AN',
  city: 'London',
  country: 'GB',
};

type OrderOptions = { id?: string; userId?: string; total?: Money; paymentDeadline?: Date };

/** An order that waits for its payment, placed at noon. */
export const aPendingOrder = ({
  id = newId(),
  userId = newId(),
  total = eur(42),
  paymentDeadline = minutesAfter(30),
}: OrderOptions = {}): PendingOrder => ({
  status: 'pending',
  id,
  number: '261121-7K3-M9Q-XD2',
  userId,
  lines: [{ productId: newId(), name: 'Lamp', quantity: 1, unitPriceCents: total.amountCents }],
  total,
  shippingAddress: anAddress,
  paymentMethod: 'pm_card_visa',
  placedAt: noon,
  paymentDeadline,
  version: 1,
});

/** An order that is paid a minute after noon. */
export const aPaidOrder = (options: OrderOptions = {}): PaidOrder => ({
  ...aPendingOrder(options),
  status: 'paid',
  paymentId: newId(),
  paidAt: minutesAfter(1),
  version: 2,
});

/** An order whose parcel is on its way. */
export const aShippedOrder = (options: OrderOptions = {}): ShippedOrder => ({
  ...aPaidOrder(options),
  status: 'shipped',
  carrier: 'DHL',
  trackingNumber: 'T1',
  shippedAt: minutesAfter(60),
  version: 3,
});

/** An order that is closed. */
export const aCompletedOrder = (options: OrderOptions = {}): CompletedOrder => ({
  ...aShippedOrder(options),
  status: 'completed',
  completedAt: minutesAfter(600),
  version: 4,
});

/** An order that was cancelled before it was paid. */
export const aCancelledOrder = (options: OrderOptions = {}): CancelledOrder => ({
  ...aPendingOrder(options),
  status: 'cancelled',
  cancelledAt: minutesAfter(2),
  reason: 'customer-request',
  version: 2,
});

/** An order in a given state. */
export const anOrderIn = (status: OrderStatus): Order => {
  switch (status) {
    case 'pending':
      return aPendingOrder();
    case 'paid':
      return aPaidOrder();
    case 'shipped':
      return aShippedOrder();
    case 'completed':
      return aCompletedOrder();
    case 'cancelled':
      return aCancelledOrder();
  }
};

/** The decision that places an order, as the store creates it. */
export const aPlacedOrder = (userId: string = newId()) =>
  placeOrder({
    orderId: newId(),
    userId,
    lines: [{ productId: newId(), name: 'Lamp', quantity: 2, unitPriceCents: 500, currency: 'EUR' }],
    shippingAddress: anAddress,
    paymentMethod: 'pm_card_visa',
    paymentDeadline: minutesAfter(30),
    at: minutesAfter(0),
    eventId: newId(),
  });
