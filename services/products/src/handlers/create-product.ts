import { runIdempotently } from '#shared/idempotency/run.ts';
import { newId } from '#shared/ids.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { createProductRoute } from '../api.ts';
import { clock, idempotencyStore, products } from '../app.ts';
import { createProduct } from '../domain/product.ts';
import { productCreated as respond } from '../views.ts';

/** Creates a product on sale, without stock. */
export const handler = httpHandler(createProductRoute, ({ body, idempotency, cause }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ resourceId, started }) => {
    const decision = createProduct(resourceId, body, { eventId: newId(), now: clock() });
    return respond(await products().create(decision, { cause, request: { started, respond } }));
  }),
);
