import { OrderCancelled, OrderPaid } from '#shared/events/orders.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { commitStock, releaseStock } from '../adapters/stock-settlement.ts';
import { ledger } from '../app.ts';

/** A paid order's pieces leave the shelves; a cancelled one's come back. */
export const handler = queueHandler([
  on(OrderPaid, ({ id, data }, cause) => commitStock(ledger(), data, id, cause)),
  on(OrderCancelled, ({ id, data }) => releaseStock(ledger(), data.orderId, id)),
]);
