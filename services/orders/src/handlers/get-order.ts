import { httpHandler } from '#shared/lambda/http.ts';
import { getOrderRoute } from '../api.ts';
import { reader } from '../app.ts';
import { isVisibleTo, orderNotFound } from '../domain/access.ts';
import { orderResponse } from '../views.ts';

/** Returns one order, to its customer and to staff. */
export const handler = httpHandler(getOrderRoute, async ({ params, caller }) => {
  const order = await reader().find(params.id);
  if (order === undefined || !isVisibleTo(caller, order, 'orders:read-any')) throw orderNotFound();
  return orderResponse(order);
});
