import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallResult } from '#shared/contracts/contract.ts';
import {
  ReleaseStock,
  type ReservedLine,
  ReserveStock,
  type ReserveStockRefusal,
} from '#shared/contracts/stock.ts';

/** How the catalogue handles a call. */
type Behaviour =
  | 'responds'
  | 'fails'
  | 'times out'
  | 'reserves and times out'
  | { refuses: ReserveStockRefusal }
  | { waitsFor: Promise<unknown>; behaviour: Exclude<Behaviour, { waitsFor: unknown }> };

/** A product on sale in the catalogue of the tests. */
export type TestProduct = Omit<ReservedLine, 'quantity'>;

/**
 * The products service as orders calls it: Lambda's Invoke over HTTP, requests and responses parsed by the contract of
 * both services. It stores reservations, and can be configured to fail.
 */
export type TestCatalog = {
  url: string;
  sells(...products: TestProduct[]): void;
  /** The behaviours of the next calls, one each; then it responds again. */
  next(...behaviours: Behaviour[]): void;
  /** Calls so far, as `reserve-stock <order id>`. */
  calls: string[];
  /** Ids of orders with reserved stock. */
  reservations: Set<string>;
  stop(): Promise<void>;
};

/** Starts the catalogue on a free port. */
export async function startCatalog(): Promise<TestCatalog> {
  const products = new Map<string, TestProduct>();
  const behaviours: Behaviour[] = [];
  const calls: string[] = [];
  const reservations = new Set<string>();

  const reserve = (request: unknown): CallResult<unknown> => {
    const { orderId, lines } = ReserveStock.request.parse(request);
    reservations.add(orderId);
    const reserved = lines.map(({ productId, quantity }) => ({ ...products.get(productId), quantity }));
    return { ok: true, response: ReserveStock.response.parse({ lines: reserved }) };
  };
  const release = (request: unknown): CallResult<unknown> => {
    const { orderId } = ReleaseStock.request.parse(request);
    return { ok: true, response: { released: reservations.delete(orderId) } };
  };

  const server = createServer(async (incoming, response) => {
    const request = JSON.parse(await textOf(incoming)) as { orderId: string };
    const name = incoming.url?.split('/').at(-2) ?? '';
    calls.push(`${name} ${request.orderId}`);
    const next = behaviours.shift() ?? 'responds';
    const isDelayed = typeof next === 'object' && 'waitsFor' in next;
    if (isDelayed) await next.waitsFor;
    const behaviour = isDelayed ? next.behaviour : next;
    if (behaviour === 'reserves and times out') reserve(request);
    if (behaviour === 'times out' || behaviour === 'reserves and times out') return;
    if (behaviour === 'fails') response.setHeader('X-Amz-Function-Error', 'Unhandled');
    const result =
      behaviour === 'fails'
        ? { errorType: 'Error', errorMessage: 'it broke' }
        : typeof behaviour === 'object'
          ? { ok: false, refusal: behaviour.refuses }
          : name === 'reserve-stock'
            ? reserve(request)
            : release(request);
    response.end(JSON.stringify(result));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sells: (...more) => {
      for (const product of more) products.set(product.productId, product);
    },
    next: (...more) => {
      behaviours.push(...more);
    },
    calls,
    reservations,
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
