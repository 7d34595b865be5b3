import { httpHandler } from '#shared/lambda/http.ts';
import { getInventoryRoute } from '../api.ts';
import { stock } from '../app.ts';
import { stockResponse } from '../views.ts';

/** Returns a product's stock by warehouse. */
export const handler = httpHandler(getInventoryRoute, async ({ params }) =>
  stockResponse(await stock().read(params.productId)),
);
