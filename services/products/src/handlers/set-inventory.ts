import { idempotently } from '#shared/dynamo/idempotency.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { toStockAnswer } from '../answers.ts';
import { setInventory } from '../api.ts';
import { answered, dynamo, inventory, lowStock } from '../app.ts';

/** Writes what was counted in some warehouses. */
export const handler = httpHandler(setInventory, ({ params, body, idempotency, cause }) =>
  idempotently(dynamo(), answered, idempotency, async (_id, complete) => {
    const count = { warehouses: body.warehouses, reorderLevel: body.reorderLevel };
    const stock = await inventory().count(params.productId, count, (counted) =>
      complete(ok(toStockAnswer(counted))),
    );
    await lowStock().look(params.productId, cause);
    return ok(toStockAnswer(stock));
  }),
);
