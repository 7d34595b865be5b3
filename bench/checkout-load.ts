import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';
import { addProduct, ensureCategory, orderOf, type Product } from '../client/shop-actions.ts';
import type { ShopClient } from '../client/shop-client.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import type { MeasuredShop } from './platform.ts';

/** How one order went: when the customer had the 201, and when it was paid. */
export type OrderTimes = { placedMs: number; paidMs: number };

/** Places orders and learns when they are paid. */
export type Checkout = {
  order(customer: number): Promise<OrderTimes>;
  settled(): Promise<void>;
  stop(): Promise<void>;
};

/** So many products that one hot item is not what is measured. */
const productCount = 50;
/**
 * How often the database is asked which orders were paid: the resolution of the paid times. With many customers an
 * order takes hundreds of milliseconds, and asking more often would itself be part of the load.
 */
const watchMs = (waiting: number) => (waiting < 4 ? 10 : 25);
/** An order that is not paid by then is lost: it ends the benchmark. */
const paidWithinMs = 60_000;

/**
 * Prepares customers and stock. Orders are placed through the HTTP API; whether they are paid is read from the
 * orders database, so that asking is not part of the load.
 */
export async function prepareCheckout(shop: MeasuredShop, customers: number): Promise<Checkout> {
  await ensureCategory(shop.admin, 'bench', 'Bench');
  const products: Product[] = [];
  for (let index = 0; index < productCount; index += 1)
    products.push(
      await addProduct(shop.admin, {
        name: `Bench ${index}`,
        category: 'bench',
        cents: 2100,
        stock: 3_000_000,
      }),
    );
  const buyers: ShopClient[] = [];
  for (let index = 0; index < customers; index += 1) buyers.push(await shop.visitor.register('Buyer'));

  const database = new pg.Pool({
    host: '127.0.0.1',
    port: shop.databasePort,
    user: 'postgres',
    password: shop.databasePassword,
    database: 'orders',
    max: 1,
  });
  // A bare client: fetch would take 1.5 ms of the machine per order.
  const api = new Pool(shop.apiUrl, { connections: customers });
  const waiting = new Map<string, () => void>();
  let running = true;
  const watch = async () => {
    while (running) {
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
      await new Promise((resolve) => setTimeout(resolve, watchMs(waiting.size)));
    }
  };
  const watching = watch();

  return {
    order: async (customer) => {
      const first = products[Math.floor(Math.random() * productCount)]!;
      const second = products[(products.indexOf(first) + 7) % productCount]!;
      const started = performance.now();
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${buyers[customer % buyers.length]!.token}`,
        'idempotency-key': randomUUID(),
      };
      const body = JSON.stringify(
        orderOf([
          { productId: first.productId, quantity: 1 },
          { productId: second.productId, quantity: 1 },
        ]),
      );
      const place = async () => {
        const { statusCode, body: sent } = await api.request({
          method: 'POST',
          path: '/api/v1/orders',
          headers,
          body,
        });
        return { status: statusCode, text: await sent.text() };
      };
      let answer = await place();
      // Not available right now, as in the first seconds of an overloaded machine: the same request again, as a customer.
      for (let again = 0; answer.status === 503 && again < 5; again += 1) answer = await place();
      if (answer.status !== 201) throw new Error(`order: ${answer.status} ${answer.text}`);
      const placedMs = performance.now() - started;
      const { id } = JSON.parse(answer.text) as { id: string };
      await new Promise<void>((resolve, reject) => {
        const lost = setTimeout(() => reject(new Error(`order ${id} is not paid`)), paidWithinMs);
        waiting.set(id, () => {
          clearTimeout(lost);
          resolve();
        });
      });
      return { placedMs, paidMs: performance.now() - started };
    },
    settled: async () => {
      const control = new ControlClient(shop.consoleUrl);
      const busy = async () => {
        const queues = await control.send('GET /queues');
        return queues.some(
          (queue) => !queue.name.includes('dead') && queue.ready + queue.inFlight + queue.delayed > 0,
        );
      };
      const end = Date.now() + 60_000;
      while ((await busy()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    stop: async () => {
      running = false;
      await watching;
      await Promise.all([database.end(), api.close()]);
    },
  };
}
