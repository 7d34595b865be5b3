import * as z from 'zod';
import { reservationReceiptSchema } from '../contracts/stock.ts';
import { amountCentsSchema, currencySchema } from '../money.ts';
import { event } from './event.ts';

const order = z.object({
  orderId: z.uuid(),
  userId: z.uuid(),
  /** The number by which people refer to the order: `261121-7K3-M9Q-XD2`. */
  orderNumber: z.string().max(40),
  totalCents: amountCentsSchema,
  currency: currencySchema,
});

const line = z.object({
  productId: z.uuid(),
  name: z.string().max(200),
  quantity: z.int().min(1),
  unitPriceCents: amountCentsSchema,
});

export const OrderCreated = event({
  source: 'orders',
  type: 'ORDER_CREATED',
  version: 1,
  topics: ['order-events.fifo', 'order-created'],
  description: 'A customer placed an order; its stock is reserved and it waits for payment.',
  data: order.extend({
    lines: z.array(line).min(1).max(45),
    /** The payment provider's token of the payment method; never a card number. */
    paymentMethod: z.string().max(255),
    /** No charge starts after it. */
    paymentDeadline: z.iso.datetime(),
  }),
});

export const OrderPaid = event({
  source: 'orders',
  type: 'ORDER_PAID',
  version: 1,
  topics: ['order-events.fifo'],
  description: 'The money was captured; the reservation can be confirmed.',
  data: order.extend({
    paymentId: z.uuid(),
    lines: z.array(line).max(45),
    /** The receipt of the reservation, which saves the products service a read. */
    reservationReceipt: reservationReceiptSchema.optional(),
  }),
});

export const OrderShipped = event({
  source: 'orders',
  type: 'ORDER_SHIPPED',
  version: 1,
  topics: ['order-events.fifo'],
  description: 'The order was shipped.',
  data: order.extend({ carrier: z.string().max(100), trackingNumber: z.string().max(100) }),
});

export const OrderCompleted = event({
  source: 'orders',
  type: 'ORDER_COMPLETED',
  version: 1,
  topics: ['order-events.fifo', 'order-completed'],
  description: 'The customer received the goods and the order is completed.',
  data: order,
});

export const cancellationReasons = [
  'payment-failed',
  'payment-overdue',
  'customer-request',
  'stock-lost',
  'staff-decision',
] as const;
export type CancellationReason = (typeof cancellationReasons)[number];

export const OrderCancelled = event({
  source: 'orders',
  type: 'ORDER_CANCELLED',
  version: 1,
  topics: ['order-events.fifo', 'order-cancelled'],
  description: 'The order will not be fulfilled: stock is released, captured money is refunded.',
  data: order.extend({ reason: z.enum(cancellationReasons), wasPaid: z.boolean() }),
});
