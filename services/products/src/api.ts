import * as z from 'zod';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { type Route, route } from '#shared/http/route.ts';
import { amountCentsSchema } from '#shared/money.ts';
import { CategoryExists, ProductNotFound, StockBelowReserved, UnknownCategory } from './domain/errors.ts';
import {
  category,
  categoryBody,
  countBody,
  product,
  productBody,
  productPath,
  slug,
  stock,
  stockPath,
} from './schemas.ts';

const cents = z
  .string()
  .regex(/^\d{1,8}$/, 'must be a whole number of cents')
  .transform(Number)
  .pipe(amountCentsSchema);

export const createCategory = route({
  name: 'create-category',
  method: 'POST',
  path: '/api/v1/categories',
  summary: 'Adds a category',
  access: 'catalogue:write',
  body: categoryBody,
  idempotency: 'optional',
  responses: { 201: { description: 'The category', schema: category } },
  errors: [CategoryExists.kind],
});

export const listCategories = route({
  name: 'list-categories',
  method: 'GET',
  path: '/api/v1/categories',
  summary: 'Lists the categories, in no particular order',
  access: 'public',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of categories', schema: pageOf(category) } },
});

export const createProduct = route({
  name: 'create-product',
  method: 'POST',
  path: '/api/v1/products',
  summary: 'Adds a product, without stock',
  access: 'catalogue:write',
  body: productBody,
  idempotency: 'optional',
  responses: { 201: { description: 'The product', schema: product } },
  errors: [UnknownCategory.kind],
});

export const listProducts = route({
  name: 'list-products',
  method: 'GET',
  path: '/api/v1/products',
  summary:
    'Lists products on sale by price; a change shows within five seconds, and may be kept for five more',
  access: 'public',
  query: z.strictObject({
    category: slug.optional(),
    minPriceCents: cents.optional(),
    maxPriceCents: cents.optional(),
    sort: z.enum(['price', '-price']).default('price'),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of products', schema: pageOf(product) } },
});

export const getProduct = route({
  name: 'get-product',
  method: 'GET',
  path: '/api/v1/products/{id}',
  summary: 'Shows a product with its pictures; `Cache-Control: no-cache` asks for it as it is now',
  access: 'public',
  params: productPath,
  responses: { 200: { description: 'The product; its version is the ETag', schema: product } },
  errors: [ProductNotFound.kind],
});

export const changeProduct = route({
  name: 'change-product',
  method: 'PUT',
  path: '/api/v1/products/{id}',
  summary: 'Replaces name, description, category and price of a product',
  access: 'catalogue:write',
  params: productPath,
  body: productBody,
  ifMatch: true,
  idempotency: 'optional',
  responses: { 200: { description: 'The product', schema: product } },
  errors: [ProductNotFound.kind, UnknownCategory.kind],
});

export const retireProduct = route({
  name: 'retire-product',
  method: 'DELETE',
  path: '/api/v1/products/{id}',
  summary: 'Takes a product from sale; it can still be looked at',
  access: 'catalogue:write',
  params: productPath,
  ifMatch: true,
  idempotency: 'optional',
  responses: { 200: { description: 'The retired product', schema: product } },
  errors: [ProductNotFound.kind],
});

export const getInventory = route({
  name: 'get-inventory',
  method: 'GET',
  path: '/api/v1/inventory/{productId}',
  summary: "Shows a product's stock by warehouse",
  access: 'inventory:read',
  params: stockPath,
  responses: { 200: { description: 'The stock', schema: stock } },
  errors: [ProductNotFound.kind],
});

export const setInventory = route({
  name: 'set-inventory',
  method: 'PUT',
  path: '/api/v1/inventory/{productId}',
  summary: 'Writes a count of the named warehouses; the others keep their stock',
  access: 'inventory:write',
  params: stockPath,
  body: countBody,
  idempotency: 'optional',
  responses: { 200: { description: 'The stock', schema: stock } },
  errors: [ProductNotFound.kind, StockBelowReserved.kind],
  fieldNames: { warehouse: ({ index, part }) => `warehouses[${index}].${part}` },
});

export const health = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/products/health',
  summary: 'Says whether the service can reach its tables',
  access: 'public',
  responses: {
    200: {
      description: 'It can',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('products'),
        checks: z.record(z.string(), z.literal('ok')),
      }),
    },
  },
});

/** Every route of this service. */
export const routes: Route[] = [
  createCategory,
  listCategories,
  createProduct,
  listProducts,
  getProduct,
  changeProduct,
  retireProduct,
  getInventory,
  setInventory,
  health,
];
