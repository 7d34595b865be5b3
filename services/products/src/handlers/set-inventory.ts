import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { setInventoryRoute } from '../api.ts';
import { idempotencyStore, lowStock, stock } from '../app.ts';
import { decideStock } from '../domain/stock-decider.ts';
import { stockResponse as respond } from '../views.ts';

/** Writes a stock count of the named warehouses. */
export const handler = httpHandler(setInventoryRoute, ({ params, body, idempotency, cause }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
    const { productId } = params;
    const command = { kind: 'count', warehouses: body.warehouses, reorderLevel: body.reorderLevel } as const;
    const options = { cause, request: { started, respond } };
    const counted = await stock().change(productId, (current) => decideStock(current, command), options);
    await lowStock().announce(productId, cause);
    return respond(counted);
  }),
);
