import * as z from 'zod';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { type Route, route } from '#shared/http/route.ts';
import { amountCentsSchema } from '#shared/money.ts';
import { CategoryExists, ProductNotFound, StockBelowReserved, UnknownCategory } from './domain/errors.ts';
import { slug } from './domain/slug.ts';
import {
  category,
  categoryBody,
  countBody,
  product,
  productBody,
  productPath,
  stock,
  stockPath,
} from './schemas.ts';

const cents = z
  .string()
  .regex(/^\d{1,8}$/, 'must be a whole number of cents')
  .transform(Number)
  .pipe(amountCentsSchema);

export const createCategoryRoute = route({
  name: 'create-category',
  method: 'POST',
  path: '/api/v1/categories',
  summary: 'Creates a category',
  access: 'catalogue:write',
  body: categoryBody,
  idempotency: 'optional',
  responses: { 201: { description: 'The category', schema: category } },
  errors: [CategoryExists.kind],
});

export const listCategoriesRoute = route({
  name: 'list-categories',
  method: 'GET',
  path: '/api/v1/categories',
  summary: 'Lists the categories, in no particular order',
  access: 'public',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of categories', schema: pageOf(category) } },
});

export const createProductRoute = route({
  name: 'create-product',
  method: 'POST',
  path: '/api/v1/products',
  summary: 'Creates a product on sale, without stock',
  access: 'catalogue:write',
  body: productBody,
  idempotency: 'optional',
  versioned: true,
  responses: { 201: { description: 'The product', schema: product } },
  errors: [UnknownCategory.kind],
});

export const listProductsRoute = route({
  name: 'list-products',
  method: 'GET',
  path: '/api/v1/products',
  summary: 'Lists products on sale by price; a change is visible within ten seconds',
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

export const getProductRoute = route({
  name: 'get-product',
  method: 'GET',
  path: '/api/v1/products/{id}',
  summary: 'Returns a product with its pictures',
  access: 'public',
  params: productPath,
  versioned: true,
  cached: true,
  responses: { 200: { description: 'The product', schema: product } },
  errors: [ProductNotFound.kind],
});

export const changeProductRoute = route({
  name: 'change-product',
  method: 'PUT',
  path: '/api/v1/products/{id}',
  summary: 'Replaces name, description, category and price of a product',
  access: 'catalogue:write',
  params: productPath,
  body: productBody,
  ifMatch: true,
  idempotency: 'optional',
  versioned: true,
  responses: { 200: { description: 'The product', schema: product } },
  errors: [ProductNotFound.kind, UnknownCategory.kind],
});

export const retireProductRoute = route({
  name: 'retire-product',
  method: 'DELETE',
  path: '/api/v1/products/{id}',
  summary: 'Takes a product off sale; it can still be read',
  access: 'catalogue:write',
  params: productPath,
  ifMatch: true,
  idempotency: 'optional',
  versioned: true,
  responses: { 200: { description: 'The retired product', schema: product } },
  errors: [ProductNotFound.kind],
});

export const getInventoryRoute = route({
  name: 'get-inventory',
  method: 'GET',
  path: '/api/v1/inventory/{productId}',
  summary: "Returns a product's stock by warehouse",
  access: 'inventory:read',
  params: stockPath,
  responses: { 200: { description: 'The stock', schema: stock } },
  errors: [ProductNotFound.kind],
});

export const setInventoryRoute = route({
  name: 'set-inventory',
  method: 'PUT',
  path: '/api/v1/inventory/{productId}',
  summary: 'Writes a stock count of the named warehouses; the others keep their stock',
  access: 'inventory:write',
  params: stockPath,
  body: countBody,
  idempotency: 'optional',
  responses: { 200: { description: 'The stock', schema: stock } },
  errors: [ProductNotFound.kind, StockBelowReserved.kind],
  fieldNames: { warehouse: ({ index, part }) => `warehouses[${index}].${part}` },
});

export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/products/health',
  summary: 'Health of the products service',
  access: 'public',
  responses: {
    200: {
      description: 'The tables respond',
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
  createCategoryRoute,
  listCategoriesRoute,
  createProductRoute,
  listProductsRoute,
  getProductRoute,
  changeProductRoute,
  retireProductRoute,
  getInventoryRoute,
  setInventoryRoute,
  healthRoute,
];
