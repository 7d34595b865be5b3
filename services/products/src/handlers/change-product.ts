import { idempotently } from '#shared/dynamo/idempotency.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { toProductAnswer } from '../answers.ts';
import { changeProduct } from '../api.ts';
import { answered, clock, dynamo, products } from '../app.ts';
import { changeProduct as change, type Product } from '../domain/product.ts';

const answerOf = (product: Product) => ok(toProductAnswer(product), product.version);

/** Replaces what an admin says of a product. */
export const handler = httpHandler(changeProduct, ({ params, body, expectedVersion, idempotency, cause }) =>
  idempotently(dynamo(), answered, idempotency, async (_id, complete) =>
    answerOf(
      await products().change(
        params.id,
        expectedVersion,
        (current, nextSequence) => change(current, body, nextSequence, clock()),
        cause,
        (product) => complete(answerOf(product)),
      ),
    ),
  ),
);
