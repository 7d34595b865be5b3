import { httpHandler } from '#shared/lambda/http.ts';
import { idempotently } from '#shared/postgres/idempotency.ts';
import { placedAnswer } from '../answers.ts';
import { placeOrder } from '../api.ts';
import { catalog, clock, database, orders } from '../app.ts';
import { deadlinesOf, mergeLines, place } from '../domain/place.ts';

/** Holds the stock, then writes order, event and answer as one; the event goes out at once. */
export const handler = httpHandler(placeOrder, async ({ body, caller, cause, idempotency }) => {
  const lines = mergeLines(body.lines);
  return idempotently(database(), idempotency, async (orderId, complete) => {
    const { paymentDeadline, holdUntil } = deadlinesOf(orderId, clock());
    return catalog().withHeldStock({ orderId, lines, holdUntil }, cause, async ({ lines: held, receipt }) => {
      const { shippingAddress, paymentMethod } = body;
      const at = clock();
      const { userId } = caller;
      const placed = place({
        orderId,
        userId,
        lines: held,
        holdReceipt: receipt,
        shippingAddress,
        paymentMethod,
        paymentDeadline,
        at,
      });
      const answer = placedAnswer(placed.order);
      await orders().add(placed, cause, complete, answer);
      return answer;
    });
  });
});
