import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Pool } from 'undici';
import { newCustomers } from '../client/new-customer.ts';
import { addProduct, ensureCategory, orderOf } from '../client/shop-actions.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import type { MeasuredShop } from './measured-shop.ts';

/** How long an order took until the customer received the 201, and until it was paid. */
export type OrderTimes = { placedMs: number; paidMs: number };

/** Places orders and waits until they are paid. */
export type Checkout = {
  order(customer: number): Promise<OrderTimes>;
  /** Resolves when the queues are empty. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

/** Enough products that a hot item is not what is measured. */
const productCount = 50;
/**
 * How often the database is asked which orders were paid: the resolution of the paid times. With many customers an
 * order takes hundreds of milliseconds, and more queries would add to the load.
 */
const pollMsFor = (waiting: number) => (waiting < 4 ? 10 : 25);
/** An order that is not paid by then is lost and ends the benchmark. */
const paidWithinMs = 60_000;
const maxRetries = 5;
const settleTimeoutMs = 60_000;

/**
 * Prepares customers and stock. Orders are placed through the HTTP API; whether they are paid is read from the orders
 * database, so that reading is not part of the load.
 */
export async function prepareCheckout(shop: MeasuredShop, customers: number): Promise<Checkout> {
  await ensureCategory(shop.admin, 'bench', 'Bench');
  const products: string[] = [];
  for (let index = 0; index < productCount; index += 1) {
    const product = { name: `Bench ${index}`, category: 'bench', cents: 2100, stock: 3_000_000 };
    products.push((await addProduct(shop.admin, product)).productId);
  }
  const control = new ControlClient(shop);
  const newCustomer = newCustomers(shop.anonymous, control.invoke, shop);
  const tokens: string[] = [];
  for (let index = 0; index < customers; index += 1) tokens.push((await newCustomer('Buyer')).token ?? '');
  // A bare client: fetch would cost 1.5 ms of CPU per order.
  const api = new Pool(shop.apiUrl, { connections: customers });
  const payments = watchPayments(shop.database);
  return {
    order: async (customer) => {
      const started = performance.now();
      const id = await placeOrder(api, tokens[customer % tokens.length] ?? '', twoOf(products));
      const placedMs = performance.now() - started;
      await payments.paid(id);
      return { placedMs, paidMs: performance.now() - started };
    },
    settled: async () => {
      const isBusy = async () =>
        (await control.send('GET /queues')).some(
          ({ name, ready, inFlight, delayed }) => !name.includes('dead') && ready + inFlight + delayed > 0,
        );
      const end = Date.now() + settleTimeoutMs;
      while ((await isBusy()) && Date.now() < end) await pause(50);
    },
    stop: async () => {
      await payments.stop();
      await api.close();
    },
  };
}

function twoOf(products: readonly string[]): string[] {
  const first = Math.floor(Math.random() * products.length);
  return [products[first]!, products[(first + 7) % products.length]!];
}

async function placeOrder(api: Pool, token: string, products: readonly string[]): Promise<string> {
  const request = {
    method: 'POST',
    path: '/api/v1/orders',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(orderOf(products.map((productId) => ({ productId, quantity: 1 })))),
  } as const;
  // 503 occurs in the first seconds of an overloaded machine; customers retry too.
  for (let retries = 0; ; retries += 1) {
    const { statusCode, body } = await api.request(request);
    const text = await body.text();
    if (statusCode === 201) return (JSON.parse(text) as { id: string }).id;
    if (statusCode !== 503 || retries === maxRetries) throw new Error(`order: ${statusCode} ${text}`);
  }
}

/** Resolves `paid` for each order once the orders database has it as paid. */
function watchPayments({ port, password }: MeasuredShop['database']) {
  const login = { host: '127.0.0.1', port, user: 'postgres', password, database: 'orders' };
  const database = new pg.Pool({ ...login, max: 1 });
  const waiting = new Map<string, () => void>();
  let isRunning = true;
  const watch = async () => {
    while (isRunning) {
      if (waiting.size > 0) {
        const { rows } = await database.query<{ id: string }>({
          name: 'paid', // planned once
          text: `SELECT id FROM orders WHERE id = ANY($1::uuid[]) AND status <> 'pending'`,
          values: [[...waiting.keys()]],
        });
        for (const { id } of rows) {
          waiting.get(id)?.();
          waiting.delete(id);
        }
      }
      await pause(pollMsFor(waiting.size));
    }
  };
  const watching = watch();
  return {
    paid: (id: string) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`order ${id} is not paid`)), paidWithinMs);
        waiting.set(id, () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    stop: async () => {
      isRunning = false;
      await watching;
      await database.end();
    },
  };
}
