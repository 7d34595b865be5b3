import * as z from 'zod';
import { InvalidAddress } from '#shared/address/address.ts';
import { Forbidden } from '#shared/errors.ts';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { id } from '#shared/http/fields.ts';
import { type Route, route } from '#shared/http/route.ts';
import {
  MixedCurrencies,
  OrderAttemptExpired,
  OrderNotCancellable,
  OrderNotCompletable,
  OrderNotFound,
  OrderNotShippable,
  OrderTooLarge,
  OrderTooScattered,
  OrderTooSmall,
  OutOfStock,
  UnknownProduct,
} from './domain/errors.ts';
import { orderStatuses } from './domain/order.ts';
import { orderSchema, orderSummarySchema, placeOrderBody, shipmentBody } from './schemas.ts';

const params = z.object({ id });
const changed = { 200: { description: 'The current state of the order.', schema: orderSchema } };

export const placeOrderRoute = route({
  name: 'place-order',
  method: 'POST',
  path: '/api/v1/orders',
  summary: 'Places an order: reserves the stock, then charges the payment method.',
  access: 'orders:place',
  body: placeOrderBody,
  idempotency: 'required',
  versioned: true,
  responses: { 201: { description: 'The order, which waits for its payment.', schema: orderSchema } },
  errors: [
    InvalidAddress.kind,
    OutOfStock.kind,
    UnknownProduct.kind,
    OrderTooScattered.kind,
    MixedCurrencies.kind,
    OrderTooLarge.kind,
    OrderTooSmall.kind,
    OrderAttemptExpired.kind,
  ],
  fieldNames: {
    line: ({ index, part }) => `lines[${index}].${part}`,
    address: ({ part }) => `shippingAddress.${part}`,
  },
});

export const listOrdersRoute = route({
  name: 'list-orders',
  method: 'GET',
  path: '/api/v1/orders',
  summary: "Lists your orders, newest first; for staff, everybody's.",
  access: 'orders:read',
  othersAccess: 'orders:read-any',
  query: z.strictObject({
    ...pageQuery,
    status: z.enum(orderStatuses).optional(),
    /** Staff only: the orders of one customer. */
    userId: id.optional(),
  }),
  responses: { 200: { description: 'A page of orders.', schema: pageOf(orderSummarySchema) } },
  errors: [Forbidden.kind],
});

export const getOrderRoute = route({
  name: 'get-order',
  method: 'GET',
  path: '/api/v1/orders/{id}',
  summary: 'Returns an order with its lines.',
  access: 'orders:read',
  othersAccess: 'orders:read-any',
  params,
  versioned: true,
  responses: { 200: { description: 'The order.', schema: orderSchema } },
  errors: [OrderNotFound.kind],
});

export const cancelOrderRoute = route({
  name: 'cancel-order',
  method: 'POST',
  path: '/api/v1/orders/{id}/cancellation',
  summary: 'Cancels an order that is not shipped yet; a payment is refunded.',
  access: 'orders:cancel',
  othersAccess: 'orders:cancel-any',
  params,
  idempotency: 'optional',
  versioned: true,
  responses: changed,
  errors: [OrderNotFound.kind, OrderNotCancellable.kind],
});

export const shipOrderRoute = route({
  name: 'ship-order',
  method: 'POST',
  path: '/api/v1/orders/{id}/shipment',
  summary: 'Records the shipment of a paid order.',
  access: 'orders:fulfil',
  params,
  body: shipmentBody,
  idempotency: 'optional',
  versioned: true,
  responses: changed,
  errors: [OrderNotFound.kind, OrderNotShippable.kind],
});

export const completeOrderRoute = route({
  name: 'complete-order',
  method: 'POST',
  path: '/api/v1/orders/{id}/completion',
  summary: 'Completes a shipped order.',
  access: 'orders:fulfil',
  params,
  idempotency: 'optional',
  versioned: true,
  responses: changed,
  errors: [OrderNotFound.kind, OrderNotCompletable.kind],
});

export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/orders/health',
  summary: 'Reports whether the service can reach its database.',
  access: 'public',
  responses: {
    200: {
      description: 'The database is reachable.',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('orders'),
        checks: z.object({ database: z.literal('ok') }),
      }),
    },
  },
});

/** Every route of the service. */
export const routes: Route[] = [
  placeOrderRoute,
  listOrdersRoute,
  getOrderRoute,
  cancelOrderRoute,
  shipOrderRoute,
  completeOrderRoute,
  healthRoute,
];
