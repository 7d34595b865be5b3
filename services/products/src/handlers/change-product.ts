import { runIdempotently } from '#shared/idempotency/run.ts';
import { newId } from '#shared/ids.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { changeProductRoute } from '../api.ts';
import { clock, idempotencyStore, products } from '../app.ts';
import { decideProduct } from '../domain/product.ts';
import { productResponse as respond } from '../views.ts';

/** Replaces name, description, category and price of a product. */
export const handler = httpHandler(
  changeProductRoute,
  ({ params, body, expectedVersion, idempotency, cause }) =>
    runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
      const occurrence = { eventId: newId(), now: clock() };
      const command = { kind: 'change', draft: body, expectedVersion, ...occurrence } as const;
      const options = { cause, request: { started, respond } };
      return respond(await products().change(params.id, (entry) => decideProduct(entry, command), options));
    }),
);
