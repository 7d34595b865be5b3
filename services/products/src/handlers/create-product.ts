import { idempotently } from '#shared/dynamo/idempotency.ts';
import { created } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { toProductAnswer } from '../answers.ts';
import { createProduct } from '../api.ts';
import { answered, clock, dynamo, products } from '../app.ts';
import { addProduct } from '../domain/product.ts';

/** Adds a product to the catalogue, without stock. */
export const handler = httpHandler(createProduct, ({ body, idempotency, cause }) =>
  idempotently(dynamo(), answered, idempotency, async (productId, complete) => {
    const decision = addProduct(productId, body, clock());
    const { product } = decision;
    const answer = created(toProductAnswer(product), `/api/v1/products/${productId}`, product.version);
    await products().add(decision, cause, complete(answer));
    return answer;
  }),
);
