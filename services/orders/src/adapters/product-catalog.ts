import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import type { CallResult, Contract } from '#shared/contracts/contract.ts';
import {
  ReleaseStock,
  ReserveStock,
  type ReserveStockRefusal,
  type ReserveStockResponse,
  type StockLine,
} from '#shared/contracts/stock.ts';
import { Unavailable } from '#shared/errors.ts';
import type { Cause } from '#shared/events/event.ts';
import { logger } from '#shared/lambda/telemetry.ts';

/** The lines that an order reserves, and until when. */
export type ReservationRequest = { orderId: string; lines: readonly StockLine[]; reservedUntil: Date };

/** The products service as orders uses it: names, prices and reservations. */
export type ProductCatalog = {
  /** Reserves all lines or none. Repeating the call returns the same reservation. @throws Unavailable */
  reserve(
    request: ReservationRequest,
    cause: Cause,
  ): Promise<CallResult<ReserveStockResponse, ReserveStockRefusal>>;
  /** Releases an order's reservation. A failure is only logged: the reservation expires by itself. */
  release(orderId: string, cause: Cause): Promise<void>;
};

/** Names of the products service's functions. */
export type CatalogFunctions = { reserveStock: string; releaseStock: string };

/** A failed call is repeated once, with the same order id. The client bounds the duration of one call. */
const maxCalls = 2;

/** See {@link ProductCatalog}; the only direct calls between two services, by `lambda:InvokeFunction`. */
export function productCatalog(client: LambdaClient, functions: CatalogFunctions): ProductCatalog {
  return {
    reserve: ({ orderId, lines, reservedUntil }, { correlationId }) =>
      call(client, functions.reserveStock, ReserveStock, {
        orderId,
        lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
        reservedUntil: reservedUntil.toISOString(),
        correlationId,
      }),
    release: async (orderId, { correlationId }) => {
      try {
        await call(client, functions.releaseStock, ReleaseStock, { orderId, correlationId });
      } catch (error) {
        logger.warn('stock not released, its reservation will expire', { orderId, error: error as Error });
      }
    },
  };
}

/** @throws Unavailable if every call failed */
async function call<Q extends z.ZodType, A extends z.ZodType, R extends z.ZodType>(
  client: LambdaClient,
  name: string,
  contract: Contract<Q, A, R>,
  request: z.input<Q>,
): Promise<CallResult<z.output<A>, z.output<R>>> {
  const Payload = JSON.stringify(request);
  let cause: unknown;
  for (let calls = 0; calls < maxCalls; calls += 1) {
    try {
      return await invoke(client, name, Payload, contract);
    } catch (error) {
      logger.warn('call failed', { function: name, error: error as Error });
      cause = error;
    }
  }
  throw new Unavailable('Stock could not be checked. Nothing was ordered; try again.', {
    retryAfterSeconds: 2,
    cause,
  });
}

/** @throws Error for a function error or a response that does not match the contract */
async function invoke<Q extends z.ZodType, A extends z.ZodType, R extends z.ZodType>(
  client: LambdaClient,
  FunctionName: string,
  Payload: string,
  contract: Contract<Q, A, R>,
): Promise<CallResult<z.output<A>, z.output<R>>> {
  const { Payload: payload, FunctionError: failure } = await client.send(
    new InvokeCommand({ FunctionName, Payload }),
  );
  const text = payload?.transformToString() ?? 'null';
  if (failure !== undefined) throw new Error(`${FunctionName} failed: ${text.slice(0, 500)}`);
  const result = JSON.parse(text) as CallResult<z.input<A>, z.input<R>>;
  return result.ok
    ? { ok: true, response: contract.response.parse(result.response) }
    : { ok: false, refusal: contract.refusal.parse(result.refusal) };
}
