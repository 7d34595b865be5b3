import * as z from 'zod';
import { amountCentsSchema, currencySchema } from '../money.ts';
import { contract } from './contract.ts';

/** Lines of one order at most: with their stock items they fit one TransactWriteItems (100 items). */
export const maxOrderLines = 45;
/** Pieces of one product in one order at most. */
export const maxPiecesPerLine = 1_000;

const correlationId = z.string().min(1).max(100);

/** What an order wants to hold: each product once (equal lines are merged by the caller). */
export const stockLineSchema = z.strictObject({
  productId: z.uuid(),
  quantity: z.int().min(1).max(maxPiecesPerLine),
});
export type StockLine = z.infer<typeof stockLineSchema>;

const eachProductOnce = (lines: StockLine[]) =>
  new Set(lines.map(({ productId }) => productId)).size === lines.length;

/** What a hold answers: the products as they are sold at this moment, in the order of the request's lines. */
export const heldLineSchema = z.object({
  productId: z.uuid(),
  name: z.string().max(200),
  unitPriceCents: amountCentsSchema,
  currency: currencySchema,
  quantity: z.int().min(1),
});
export type HeldLine = z.infer<typeof heldLineSchema>;

/** What the catalogue notes of a hold: a text that only it reads. At most 100 places of stock in one hold. */
export const holdReceiptSchema = z.string().max(20_000);

/**
 * Holds stock for an order until `expiresAt`: all lines or none. Keyed by the order id: the same request again gets
 * the same answer, with a later `expiresAt` for longer. Refusals: OUT_OF_STOCK (fields `lines[i].quantity` with what is
 * left), PRODUCT_NOT_FOUND (fields `lines[i].productId`; also for a product that is not on sale),
 * ORDER_TOO_SCATTERED (field `lines`: the pieces lie in more warehouses than one hold can take from; the same request
 * is refused again, fewer products or pieces are not), HOLD_REFUSED (the order holds other lines, or is paid). A
 * function error (contention, or an order that was released less than 30 s ago) may be retried.
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
    /** When the hold lapses: the order's payment deadline and a margin. */
    expiresAt: z.iso.datetime(),
    correlationId,
  }),
  answer: z.object({
    lines: z.array(heldLineSchema).max(maxOrderLines),
    /** To be handed back, as it is, with ORDER_PAID. */
    receipt: holdReceiptSchema.optional(),
  }),
});
export type ReserveStockRequest = z.infer<typeof ReserveStock.request>;
export type ReserveStockAnswer = z.infer<typeof ReserveStock.answer>;

/**
 * Gives back what an order holds. May be repeated, and may come before the hold that it releases: a hold that
 * arrives within 30 s after it fails.
 */
export const ReleaseStock = contract({
  name: 'release-stock',
  request: z.strictObject({ orderId: z.uuid(), correlationId }),
  /** Whether there was something to give back. */
  answer: z.object({ released: z.boolean() }),
});
