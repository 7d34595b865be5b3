import { ReserveStock } from '#shared/contracts/stock.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { reservationDeps } from '../app.ts';
import { reserveStock } from '../workflows/reserve-stock.ts';

/** Reserves an order's lines until they are paid or released, or the reservation expires; called by orders. */
export const handler = callHandler(ReserveStock, (request) => reserveStock(reservationDeps(), request));
