import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { toStockAnswer } from '../answers.ts';
import { getInventory } from '../api.ts';
import { inventory } from '../app.ts';

/** Shows a product's stock by warehouse. */
export const handler = httpHandler(getInventory, async ({ params }) =>
  ok(toStockAnswer(await inventory().read(params.productId))),
);
