import * as z from 'zod';
import { addressSchema, storedAddressSchema } from '#shared/address/schema.ts';
import { maxOrderLines, maxPiecesPerLine, stockLineSchema } from '#shared/contracts/stock.ts';
import { cancellationReasons } from '#shared/events/orders.ts';
import { id, text } from '#shared/http/fields.ts';
import { beyondSchema } from '#shared/http/problem.ts';
import { amountCentsSchema, currencySchema } from '#shared/money.ts';
import { orderStatuses } from './domain/order.ts';
import { lineOverLimit } from './domain/place.ts';

/** What a customer sends to order. */
export const placeOrderBody = z.strictObject({
  lines: z
    .array(stockLineSchema.extend({ productId: id }))
    .min(1)
    .max(maxOrderLines)
    .superRefine((lines, context) => {
      const index = lineOverLimit(lines);
      // A single line over the limit is reported already.
      if (index !== undefined && lines[index]!.quantity <= maxPiecesPerLine)
        context.addIssue({
          code: 'custom',
          path: [index, 'quantity'],
          params: beyondSchema,
          message: `makes more than ${maxPiecesPerLine} of one product`,
        });
    }),
  shippingAddress: addressSchema,
  /** The payment provider's token; a card number is refused by its form. */
  paymentMethod: z.string().regex(/^pm_\w{1,252}$/, "must be the payment provider's token (pm_…)"),
});

export const shipmentBody = z.strictObject({ carrier: text(100), trackingNumber: text(100) });

const summary = {
  id: z.uuid(),
  number: z.string(),
  userId: z.uuid(),
  status: z.enum(orderStatuses),
  totalCents: amountCentsSchema,
  currency: currencySchema,
  placedAt: z.iso.datetime(),
};

/** An order in a list. */
export const orderSummarySchema = z.object({ ...summary, pieces: z.int().min(1) });

/** An order as its customer and the staff see it. */
export const orderSchema = z.object({
  ...summary,
  version: z.int().min(1),
  lines: z.array(
    z.object({
      productId: z.uuid(),
      name: z.string(),
      quantity: z.int(),
      unitPriceCents: amountCentsSchema,
    }),
  ),
  shippingAddress: storedAddressSchema,
  paymentDeadline: z.iso.datetime(),
  payment: z.object({ paymentId: z.uuid(), paidAt: z.iso.datetime() }).optional(),
  shipment: z
    .object({ carrier: z.string(), trackingNumber: z.string(), shippedAt: z.iso.datetime() })
    .optional(),
  completedAt: z.iso.datetime().optional(),
  cancellation: z.object({ reason: z.enum(cancellationReasons), cancelledAt: z.iso.datetime() }).optional(),
});
