import type * as z from 'zod';
import { created, type HttpResponse, ok } from '#shared/http/response.ts';
import type { Order } from './domain/order.ts';
import type { orderSchema, orderSummarySchema } from './schemas.ts';

const summaryOf = (order: Order) => ({
  id: order.id,
  number: order.number,
  userId: order.userId,
  status: order.status,
  totalCents: order.total.amountCents,
  currency: order.total.currency,
  placedAt: order.placedAt.toISOString(),
});

/** An order as a list shows it. */
export const orderSummary = (order: Order): z.input<typeof orderSummarySchema> => ({
  ...summaryOf(order),
  pieces: order.lines.reduce((sum, { quantity }) => sum + quantity, 0),
});

/** An order as its customer and staff see it. */
export const orderBody = (order: Order): z.input<typeof orderSchema> => ({
  ...summaryOf(order),
  version: order.version,
  lines: order.lines,
  shippingAddress: order.shippingAddress,
  paymentDeadline: order.paymentDeadline.toISOString(),
  ...progressOf(order),
});

function progressOf(order: Order): Partial<z.input<typeof orderSchema>> {
  switch (order.status) {
    case 'pending':
      return {};
    case 'paid':
      return { payment: paymentOf(order) };
    case 'shipped':
      return { payment: paymentOf(order), shipment: shipmentOf(order) };
    case 'completed':
      return {
        payment: paymentOf(order),
        shipment: shipmentOf(order),
        completedAt: order.completedAt.toISOString(),
      };
    case 'cancelled':
      return {
        ...(order.payment === undefined ? {} : { payment: paymentOf(order.payment) }),
        cancellation: { reason: order.reason, cancelledAt: order.cancelledAt.toISOString() },
      };
  }
}

const paymentOf = ({ paymentId, paidAt }: { paymentId: string; paidAt: Date }) => ({
  paymentId,
  paidAt: paidAt.toISOString(),
});

const shipmentOf = (order: { carrier: string; trackingNumber: string; shippedAt: Date }) => ({
  carrier: order.carrier,
  trackingNumber: order.trackingNumber,
  shippedAt: order.shippedAt.toISOString(),
});

/** The response to reading or changing an order. */
export const orderResponse = (order: Order): HttpResponse => ok(orderBody(order), order.version);

/** The response to placing an order. */
export const placedResponse = (order: Order): HttpResponse =>
  created(orderBody(order), `/api/v1/orders/${order.id}`, order.version);
