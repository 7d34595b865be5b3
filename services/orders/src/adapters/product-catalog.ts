import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import type { Contract, Outcome } from '#shared/contracts/contract.ts';
import { ReleaseStock, ReserveStock, type ReserveStockAnswer } from '#shared/contracts/stock.ts';
import { ShopError, Unavailable } from '#shared/errors.ts';
import type { Cause } from '#shared/events/event.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { sqlState } from '#shared/postgres/database.ts';
import { OrderAttemptLapsed, OrderTooScattered, OutOfStock, UnknownProduct } from '../domain/errors.ts';
import type { WantedLine } from '../domain/place.ts';

/** What an order asks to be held. */
export type StockWish = { orderId: string; lines: readonly WantedLine[]; holdUntil: Date };

/** The catalogue's side of an order: what things are called, what they cost, and whether they are there. */
export type ProductCatalog = {
  /**
   * Holds the lines while `use` writes the order with them. If `use` refuses for good, the stock is given back; after
   * a fault it stays held under the order's id for a retry, and lapses by itself.
   * @throws OutOfStock, UnknownProduct, OrderTooScattered, OrderAttemptLapsed, Unavailable, and what `use` throws
   */
  withHeldStock<T>(wish: StockWish, cause: Cause, use: (held: ReserveStockAnswer) => Promise<T>): Promise<T>;
};

/** Names of the products service's functions. */
export type CatalogFunctions = { reserveStock: string; releaseStock: string };

/** The call is made once more, under the same order id; the hold is keyed by it. */
const maxCalls = 2;

/**
 * See {@link ProductCatalog}; the one direct call between two services, by `lambda:InvokeFunction`. How long a call may
 * take is the client's.
 */
export function productCatalog(client: LambdaClient, functions: CatalogFunctions): ProductCatalog {
  return {
    withHeldStock: async ({ orderId, lines, holdUntil }, { correlationId }, use) => {
      const outcome = await call(client, functions.reserveStock, ReserveStock, {
        orderId,
        lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
        expiresAt: holdUntil.toISOString(),
        correlationId,
      });
      if (!outcome.ok) throw refusalOf(outcome.refusal, lines);
      try {
        return await use(outcome.answer);
      } catch (error) {
        if (isFinal(error)) await release(client, functions.releaseStock, orderId, correlationId);
        throw error;
      }
    },
  };
}

/** A refusal in our own words, or in the database's (SQLSTATE 22 data, 23 integrity): nothing was written, for certain. */
function isFinal(error: unknown): boolean {
  if (error instanceof ShopError) return error.remedy === 'fix-request';
  return /^2[23]/.test(sqlState(error) ?? '');
}

/** Not being able to give back costs only time: the hold lapses. The refusal is what the customer must hear. */
async function release(client: LambdaClient, name: string, orderId: string, correlationId: string) {
  try {
    await call(client, name, ReleaseStock, { orderId, correlationId });
  } catch (error) {
    logger.warn('stock not given back, its hold will lapse', { orderId, error: error as Error });
  }
}

/** @throws Unavailable if neither call was answered */
async function call<Q extends z.ZodType, A extends z.ZodType>(
  client: LambdaClient,
  name: string,
  contract: Contract<Q, A>,
  request: z.input<Q>,
): Promise<Outcome<z.output<A>>> {
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

async function invoke<Q extends z.ZodType, A extends z.ZodType>(
  client: LambdaClient,
  FunctionName: string,
  Payload: string,
  contract: Contract<Q, A>,
): Promise<Outcome<z.output<A>>> {
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload }));
  const text = answer.Payload?.transformToString() ?? 'null';
  if (answer.FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text.slice(0, 500)}`);
  const outcome = JSON.parse(text) as Outcome<z.input<A>>;
  return outcome.ok ? { ok: true, answer: contract.answer.parse(outcome.answer) } : outcome;
}

type Refusal = Extract<Outcome<never>, { ok: false }>['refusal'];

/** The catalogue counts the merged lines; the customer knows the lines of the request. */
function refusalOf({ code, detail, fields }: Refusal, lines: readonly WantedLine[]): ShopError {
  const named = {
    fields: fields.map(({ field, message }) => ({
      field: field.replace(/^lines\[(\d+)\]/, (_, index) => `lines[${lines[Number(index)]?.index ?? index}]`),
      message,
    })),
  };
  if (code === 'OUT_OF_STOCK') return new OutOfStock(detail, named);
  if (code === 'PRODUCT_NOT_FOUND') return new UnknownProduct(detail, named);
  if (code === 'ORDER_TOO_SCATTERED') return new OrderTooScattered(detail, named);
  if (code === 'HOLD_REFUSED') return new OrderAttemptLapsed(detail, named);
  return new Unavailable(`Stock could not be held (${code}). Nothing was ordered; try again.`);
}
