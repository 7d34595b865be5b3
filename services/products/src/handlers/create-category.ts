import { idempotently } from '#shared/dynamo/idempotency.ts';
import { created } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { createCategory } from '../api.ts';
import { answered, categories, dynamo } from '../app.ts';

/** Adds a shelf to the catalogue. */
export const handler = httpHandler(createCategory, ({ body, idempotency }) =>
  idempotently(dynamo(), answered, idempotency, async (_id, complete) => {
    const answer = created(body, `/api/v1/products?category=${body.categoryId}`);
    await categories().add(body, complete(answer));
    return answer;
  }),
);
