import { ReserveStock } from '#shared/contracts/stock.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { reserveStock } from '../adapters/stock-ledger.ts';
import { ledger } from '../app.ts';

/** Holds an order's lines until they are paid, released, or the hold lapses; called by orders. */
export const handler = callHandler(ReserveStock, (request) => reserveStock(ledger(), request));
