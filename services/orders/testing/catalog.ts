import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallResult } from '#shared/contracts/contract.ts';
import {
  ReleaseStock,
  type ReservedLine,
  ReserveStock,
  type ReserveStockRefusal,
} from '#shared/contracts/stock.ts';

/** What the catalogue does with its next calls. */
type Mood =
  | 'answers'
  | 'fails'
  | 'is silent'
  | 'holds and is silent'
  | { refuses: ReserveStockRefusal }
  | { waitsFor: Promise<unknown>; mood: Exclude<Mood, { waitsFor: unknown }> };

/** A product on sale in the tests' catalogue. */
export type TestProduct = Omit<ReservedLine, 'quantity'>;

/**
 * The products service as orders meets it: Lambda's Invoke over HTTP, requests and answers held to the contract of
 * both services. It remembers what is held, and can be told to misbehave.
 */
export type TestCatalog = {
  url: string;
  sells(...products: TestProduct[]): void;
  /** The moods of the next calls, one each; then it answers again. */
  next(...moods: Mood[]): void;
  /** Calls so far, as `reserve-stock <order id>`. */
  calls: string[];
  /** Ids of orders that hold stock. */
  holds: Set<string>;
  stop(): Promise<void>;
};

/** Starts the catalogue on a free port. */
export async function startCatalog(): Promise<TestCatalog> {
  const products = new Map<string, TestProduct>();
  const moods: Mood[] = [];
  const calls: string[] = [];
  const holds = new Set<string>();

  const reserve = (request: unknown): CallResult<unknown> => {
    const { orderId, lines } = ReserveStock.request.parse(request);
    holds.add(orderId);
    const held = lines.map(({ productId, quantity }) => ({ ...products.get(productId), quantity }));
    return { ok: true, response: ReserveStock.response.parse({ lines: held }) };
  };
  const release = (request: unknown): CallResult<unknown> => {
    const { orderId } = ReleaseStock.request.parse(request);
    return { ok: true, response: { released: holds.delete(orderId) } };
  };

  const server = createServer(async (incoming, response) => {
    const request = JSON.parse(await textOf(incoming)) as { orderId: string };
    const name = incoming.url?.split('/').at(-2) ?? '';
    calls.push(`${name} ${request.orderId}`);
    const next = moods.shift() ?? 'answers';
    const isDelayed = typeof next === 'object' && 'waitsFor' in next;
    if (isDelayed) await next.waitsFor;
    const mood = isDelayed ? next.mood : next;
    if (mood === 'holds and is silent') reserve(request);
    if (mood === 'is silent' || mood === 'holds and is silent') return;
    if (mood === 'fails') response.setHeader('X-Amz-Function-Error', 'Unhandled');
    const answer =
      mood === 'fails'
        ? { errorType: 'Error', errorMessage: 'it broke' }
        : typeof mood === 'object'
          ? { ok: false, refusal: mood.refuses }
          : name === 'reserve-stock'
            ? reserve(request)
            : release(request);
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sells: (...more) => {
      for (const product of more) products.set(product.productId, product);
    },
    next: (...more) => {
      moods.push(...more);
    },
    calls,
    holds,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  return text;
}
