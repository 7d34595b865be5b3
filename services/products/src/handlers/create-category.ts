import { created } from '#shared/http/response.ts';
import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { createCategoryRoute } from '../api.ts';
import { categories, idempotencyStore } from '../app.ts';
import { type Category, createCategory } from '../domain/category.ts';

const respond = (category: Category) => created(category, `/api/v1/products?category=${category.categoryId}`);

/** Creates a category. */
export const handler = httpHandler(createCategoryRoute, ({ body, idempotency, cause }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
    const options = { cause, request: { started, respond } };
    return respond(await categories().create(createCategory(body), options));
  }),
);
