import { httpHandler } from '#shared/lambda/http.ts';
import { orderAnswer } from '../answers.ts';
import { getOrder } from '../api.ts';
import { reader } from '../app.ts';
import { visibleTo } from '../domain/access.ts';
import { OrderNotFound } from '../domain/errors.ts';

/** One order, for its customer and the staff. */
export const handler = httpHandler(getOrder, async ({ params, caller }) => {
  const order = await reader().find(params.id);
  if (order === undefined) throw new OrderNotFound('There is no such order.');
  return orderAnswer(visibleTo(caller, order, 'orders:read-any'));
});
