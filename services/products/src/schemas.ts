import * as z from 'zod';
import { renditionSchema } from '#shared/events/media.ts';
import { absentIfEmpty, id, prose, text } from '#shared/http/fields.ts';
import { beyondSchema } from '#shared/http/problem.ts';
import { moneySchema, priceSchema } from '#shared/money.ts';
import { slug } from './domain/slug.ts';

export const productPath = z.strictObject({ id });
export const stockPath = z.strictObject({ productId: id });

export const categoryBody = z.strictObject({ categoryId: slug, name: text(100) });

export const productBody = z.strictObject({
  name: text(200),
  description: absentIfEmpty(prose(5_000).default('')),
  category: slug,
  price: priceSchema,
});

/** Most warehouses in one count. */
const maxWarehouses = 20;
/** Most pieces in one warehouse. */
const maxPieces = 10_000_000;

export const countBody = z.strictObject({
  warehouses: z
    .array(z.strictObject({ warehouseId: slug, onHand: z.int().min(0).max(maxPieces) }))
    .min(1)
    .max(maxWarehouses)
    .refine((counts) => new Set(counts.map(({ warehouseId }) => warehouseId)).size === counts.length, {
      error: 'must name each warehouse once',
      params: beyondSchema,
    }),
  /** STOCK_LOW is due when this many pieces or fewer are available over all warehouses. */
  reorderLevel: absentIfEmpty(z.int().min(0).max(maxPieces).optional()),
});

export const category = z.object({ categoryId: slug, name: z.string() });

export const product = z.object({
  productId: z.uuid(),
  name: z.string(),
  description: z.string(),
  category: slug,
  price: moneySchema,
  status: z.enum(['on-sale', 'retired']),
  pictures: z.array(
    z.object({
      mediaId: z.uuid(),
      altText: z.string(),
      renditions: z.array(renditionSchema.omit({ key: true })),
    }),
  ),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const stock = z.object({
  productId: z.uuid(),
  reorderLevel: z.int(),
  available: z.int(),
  warehouses: z.array(
    z.object({ warehouseId: z.string(), onHand: z.int(), available: z.int(), reserved: z.int() }),
  ),
});
