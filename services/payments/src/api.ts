import * as z from 'zod';
import { id } from '#shared/http/fields.ts';
import { type Route, route } from '#shared/http/route.ts';
import { amountCentsSchema, currencySchema } from '#shared/money.ts';
import { InvalidSignature, PaymentNotFound } from './domain/errors.ts';
import { paymentStatuses } from './domain/payment.ts';

/** A payment as its payer and the staff see it. */
export const paymentSchema = z.object({
  id: z.uuid(),
  orderId: z.uuid(),
  status: z.enum(paymentStatuses),
  amountCents: amountCentsSchema,
  currency: currencySchema,
  /** The provider's code for a decline. */
  declineCode: z.string().optional(),
  capturedAt: z.iso.datetime().optional(),
  refundedAt: z.iso.datetime().optional(),
  /** For the payer only, while the bank requires a confirmation (3-D Secure): what Stripe.js needs for it. */
  clientSecret: z.string().optional(),
});

export const getPaymentRoute = route({
  name: 'get-payment',
  method: 'GET',
  path: '/api/v1/payments/{orderId}',
  summary: 'Returns the payment of an order.',
  access: 'payments:read',
  othersAccess: 'payments:read-any',
  params: z.object({ orderId: id }),
  responses: { 200: { description: 'The payment.', schema: paymentSchema } },
  errors: [PaymentNotFound.kind],
});

export const receiveStripeWebhookRoute = route({
  name: 'receive-stripe-webhook',
  method: 'POST',
  path: '/api/v1/payments/webhooks/stripe',
  summary: 'Receives signed webhooks of the payment provider.',
  access: 'public',
  responses: {
    200: { description: 'The webhook was received.', schema: z.object({ received: z.literal(true) }) },
  },
  errors: [InvalidSignature.kind],
  fieldNames: { signature: () => 'Stripe-Signature' },
});

export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/payments/health',
  summary: 'Reports whether the service can reach its database.',
  access: 'public',
  responses: {
    200: {
      description: 'The database is reachable.',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('payments'),
        checks: z.object({ database: z.literal('ok') }),
      }),
    },
  },
});

/** Every route of the service. */
export const routes: Route[] = [getPaymentRoute, receiveStripeWebhookRoute, healthRoute];
