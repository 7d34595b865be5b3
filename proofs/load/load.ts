import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewCustomer } from '../../client/new-customer.ts';
import { addProduct, ensureCategory, type Order, orderOf } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { Customer, type RequestLog } from './customer.ts';
import type { OrderRequest } from './expectations.ts';
import type { Line } from './shop-state.ts';

export type LoadOptions = {
  url: string;
  admin: { email: string; password: string };
  newCustomer: NewCustomer;
  customers: number;
  /** No customer orders more when this many orders were requested. */
  maxOrders: number;
  /** A customer's pause between orders, in ms. */
  pauseMs: number;
  /** Initial stock of the products that most orders contain. */
  stock: readonly number[];
  /** Initial stock of products that a fifth of the orders also contain, so that they sell out. */
  scarceStock?: readonly number[];
  /** Customers also read products and orders, and every tenth order is paid with a card that is declined. */
  browse?: boolean;
};

/** Customers who order until they are stopped, and what the shop responded to them. */
export type Load = {
  requests: readonly RequestLog[];
  orders: readonly OrderRequest[];
  customers: readonly Customer[];
  admin: ShopClient;
  newCustomer: NewCustomer;
  /** Initial stock by product. */
  stock: ReadonlyMap<string, number>;
  startedAt: number;
  /** Places one order of a product that does not sell out; by default with a card that is accepted. */
  order(customer: Customer, variant?: OrderVariant): Promise<OrderRequest>;
  /** Sends an order request again that has no response yet, until `signal` is aborted. */
  retry(request: OrderRequest, signal?: AbortSignal): Promise<void>;
  /** Resolves when every customer has stopped; `abort` also stops retries. */
  stop(abort?: boolean): Promise<void>;
};

export type OrderVariant = {
  card?: string;
  expected?: OrderRequest['expected'];
  extraLines?: readonly Line[];
  signal?: AbortSignal;
};

const scarceShare = 0.2;
const declinedEvery = 10;

/** Adds products to the shop and starts the customers. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const shop = new ShopClient(options.url);
  const admin = await shop.signIn(options.admin.email, options.admin.password);
  await ensureCategory(admin, 'load', 'Load');
  const stock = new Map<string, number>();
  const ample = await addProducts(admin, options.stock, stock);
  const scarce = await addProducts(admin, options.scarceStock ?? [], stock);
  const requests: RequestLog[] = [];
  const orders: OrderRequest[] = [];
  const { newCustomer } = options;
  const customers: Customer[] = [];
  for (let number = 0; number < options.customers; number += 1)
    customers.push(await Customer.create(number, newCustomer, requests));

  const [stopping, aborting] = [new AbortController(), new AbortController()];

  const retry: Load['retry'] = async (request, signal) => {
    const response = await customers[request.customer]?.send<Order & { code: string }>(
      'place an order',
      { statuses: [201, 409], signal },
      'POST',
      '/api/v1/orders',
      { body: orderOf(request.lines, request.card), key: request.key },
    );
    if (response) request.outcome = outcomeOf(response.status, response.body);
  };
  const order: Load['order'] = async (
    customer,
    { card = 'pm_card_visa', expected = 'paid', extraLines = [], signal } = {},
  ) => {
    const quantity = 1 + Math.floor(Math.random() * 2);
    const lines = [{ productId: pick(ample), quantity }, ...extraLines];
    const request: OrderRequest = {
      ...{ key: randomUUID(), customer: customer.number, userId: customer.userId, lines, card, expected },
      outcome: { kind: 'unanswered' },
    };
    orders.push(request);
    await retry(request, signal);
    return request;
  };
  const read = (customer: Customer, what: string, path: string) =>
    customer.send(what, { statuses: [200], signal: aborting.signal }, 'GET', path);
  const shopping = customers.map(async (customer) => {
    while (!stopping.signal.aborted && orders.length < options.maxOrders) {
      if (options.browse) {
        await read(customer, 'list products', '/api/v1/products?category=load');
        await read(customer, 'read a product', `/api/v1/products/${pick(ample)}`);
      }
      const declined = options.browse && orders.length % declinedEvery === declinedEvery - 1;
      const addScarce = scarce.length > 0 && Math.random() < scarceShare;
      const { outcome } = await order(customer, {
        ...(declined && { card: 'pm_card_chargeDeclined', expected: 'cancelled' }),
        ...(addScarce && { extraLines: [{ productId: pick(scarce), quantity: 1 }] }),
        signal: aborting.signal,
      });
      if (options.browse && outcome.kind === 'placed')
        await read(customer, 'read an order', `/api/v1/orders/${outcome.id}`);
      if (declined) await read(customer, 'list orders', '/api/v1/orders?limit=20');
      await pause(options.pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  });
  return {
    ...{ requests, orders, customers, admin, newCustomer, stock, startedAt: Date.now(), order, retry },
    stop: async (abort = false) => {
      stopping.abort();
      if (abort) aborting.abort();
      await Promise.all(shopping);
    },
  };
}

/** Creates one product per quantity, records it in `stock`, and returns the ids. */
async function addProducts(
  admin: ShopClient,
  quantities: readonly number[],
  stock: Map<string, number>,
): Promise<string[]> {
  const ids: string[] = [];
  for (const units of quantities) {
    const product = { name: `Load ${stock.size + 1}`, category: 'load', cents: 1900, stock: units };
    const { productId } = await addProduct(admin, product);
    stock.set(productId, units);
    ids.push(productId);
  }
  return ids;
}

function outcomeOf(status: number, body: Order & { code: string }): OrderRequest['outcome'] {
  if (status !== 201) return { kind: 'refused', code: body.code };
  const { id, number, totalCents } = body;
  return { kind: 'placed', id, number, totalCents, at: Date.now() };
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
