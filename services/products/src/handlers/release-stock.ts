import { ReleaseStock } from '#shared/contracts/stock.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { releaseStock } from '../adapters/stock-settlement.ts';
import { ledger } from '../app.ts';

/** Gives back what an order holds, when the order could not be written; called by orders. */
export const handler = callHandler(ReleaseStock, async ({ orderId }) => ({
  ok: true,
  response: { released: await releaseStock(ledger(), orderId) },
}));
