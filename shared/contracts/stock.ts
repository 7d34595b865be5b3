import * as z from 'zod';
import { amountCentsSchema, currencySchema } from '../money.ts';
import { contract } from './contract.ts';

/** Lines of one order at most: with their stock items they fit one TransactWriteItems (100 items). */
export const maxOrderLines = 45;
/** Pieces of one product in one order at most. */
export const maxPiecesPerLine = 1_000;

const correlationId = z.string().min(1).max(100);
const productName = z.string().max(200);

/** What an order reserves: each product once (the caller merges lines of the same product). */
export const stockLineSchema = z.strictObject({
  productId: z.uuid(),
  quantity: z.int().min(1).max(maxPiecesPerLine),
});
export type StockLine = z.infer<typeof stockLineSchema>;

const eachProductOnce = (lines: StockLine[]) =>
  new Set(lines.map(({ productId }) => productId)).size === lines.length;

/** A line that is reserved, with name and price of the product at that moment. */
export const reservedLineSchema = z.object({
  productId: z.uuid(),
  name: productName,
  unitPriceCents: amountCentsSchema,
  currency: currencySchema,
  quantity: z.int().min(1),
});
export type ReservedLine = z.infer<typeof reservedLineSchema>;

/** Where the products service took the pieces from, in a format that only it reads; at most 100 stock items. */
export const reservationReceiptSchema = z.string().max(20_000);

/** Why stock is not reserved. */
const reserveStockRefusalSchema = z.discriminatedUnion('code', [
  z.object({
    code: z.literal('OUT_OF_STOCK'),
    lines: z
      .array(z.object({ productId: z.uuid(), name: productName, available: z.int().min(0) }))
      .min(1)
      .max(maxOrderLines),
  }),
  /** Products that do not exist or are not on sale. */
  z.object({
    code: z.literal('PRODUCT_NOT_FOUND'),
    productIds: z.array(z.uuid()).min(1).max(maxOrderLines),
  }),
  /** The pieces are in more warehouses than one reservation can take from; fewer products or pieces would fit. */
  z.object({ code: z.literal('ORDER_TOO_SCATTERED') }),
  /** The order has reserved other lines, or is paid. */
  z.object({ code: z.literal('RESERVATION_REFUSED'), reason: z.enum(['other-lines', 'confirmed']) }),
]);
export type ReserveStockRefusal = z.infer<typeof reserveStockRefusalSchema>;

/**
 * Reserves stock for an order until `reservedUntil`: all lines or none. Keyed by the order id: the same request again
 * returns the same response, and a later `reservedUntil` extends the reservation. A function error (contention, or an
 * order that was released less than 30 s ago) may be retried.
 */
export const ReserveStock = contract({
  name: 'reserve-stock',
  request: z.strictObject({
    orderId: z.uuid(),
    lines: z
      .array(stockLineSchema)
      .min(1)
      .max(maxOrderLines)
      .refine(eachProductOnce, 'name each product once'),
    /** When the reservation expires: the order's payment deadline and a margin. */
    reservedUntil: z.iso.datetime(),
    correlationId,
  }),
  response: z.object({
    /** In the order of the request's lines. */
    lines: z.array(reservedLineSchema).max(maxOrderLines),
    /** Returned unchanged with ORDER_PAID. */
    receipt: reservationReceiptSchema.optional(),
  }),
  refusal: reserveStockRefusalSchema,
});
export type ReserveStockRequest = z.infer<typeof ReserveStock.request>;
export type ReserveStockResponse = z.infer<typeof ReserveStock.response>;

/**
 * Releases an order's reservation. May be repeated, and may come before the reservation that it releases: a
 * reservation that arrives within 30 s after it fails.
 */
export const ReleaseStock = contract({
  name: 'release-stock',
  request: z.strictObject({ orderId: z.uuid(), correlationId }),
  /** Whether there was a reservation to release. */
  response: z.object({ released: z.boolean() }),
  refusal: z.never(),
});
