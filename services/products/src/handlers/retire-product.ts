import { idempotently } from '#shared/dynamo/idempotency.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { toProductAnswer } from '../answers.ts';
import { retireProduct } from '../api.ts';
import { answered, clock, dynamo, products } from '../app.ts';
import { type Product, retireProduct as retire } from '../domain/product.ts';

const answerOf = (product: Product) => ok(toProductAnswer(product), product.version);

/** Takes a product from sale. */
export const handler = httpHandler(retireProduct, ({ params, expectedVersion, idempotency, cause }) =>
  idempotently(dynamo(), answered, idempotency, async (_id, complete) =>
    answerOf(
      await products().change(
        params.id,
        expectedVersion,
        (current, nextSequence) => retire(current, nextSequence, clock()),
        cause,
        (product) => complete(answerOf(product)),
      ),
    ),
  ),
);
