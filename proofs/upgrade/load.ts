import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { addProduct, ensureCategory, type Order, orderOf, type Product } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { Customer } from './customer.ts';
import type { Wish } from './ledger.ts';
import type { Request } from './log.ts';

/** About as many as the emulator can serve beside a deployment. */
const customerCount = 3;
/** Between a customer's orders: one or two orders a second in all, which the emulator can carry to their end. */
const restMs = 1_500;
/** However long the deployment takes, nobody orders more. */
const mostOrders = 2_000;
/** No product sells out. */
const ample = 30_000;
/** One order in so many is paid with a card that is declined; as seldom a customer looks at all orders. */
const everyTenth = 10;
const productNames = ['Kettle', 'Lamp', 'Chair'];

/** Customers who look around and order until they are told to stop. */
export type Load = {
  requests: readonly Request[];
  wishes: readonly Wish[];
  customers: readonly Customer[];
  products: readonly { productId: string; before: number }[];
  startedAt: number;
  /** Orders once with a card of the caller's choice. Answers the wish, promised or not. */
  order(customer: Customer, card: string, ends: Wish['ends']): Promise<Wish>;
  /** Answers when every customer has left, the last request being answered or given up. */
  stop(): Promise<void>;
};

/** Fills the shop at `url` and lets the customers in. */
export async function startLoad(url: string, admin: { email: string; password: string }): Promise<Load> {
  const visitor = new ShopClient(url);
  const boss = await visitor.signIn(admin.email, admin.password);
  await ensureCategory(boss, 'upgrade', 'Upgrade');
  const products: Product[] = [];
  for (const name of productNames)
    products.push(await addProduct(boss, { name, category: 'upgrade', cents: 1900, stock: ample }));
  const requests: Request[] = [];
  const wishes: Wish[] = [];
  const customers: Customer[] = [];
  for (let number = 0; number < customerCount; number += 1)
    customers.push(await Customer.register(number, visitor, requests));

  const order: Load['order'] = async (customer, card, ends) => {
    const lines = [{ productId: pick(products).productId, quantity: 1 + Math.floor(Math.random() * 2) }];
    const wish: Wish = { key: randomUUID(), customer: customer.number, lines, ends };
    wishes.push(wish);
    const placed = await customer.ask<Order>('place an order', 201, 'POST', '/api/v1/orders', {
      body: orderOf(lines, card),
      key: wish.key,
    });
    if (placed) wish.placed = { id: placed.id, totalCents: placed.totalCents };
    return wish;
  };

  const ending = new AbortController();
  const shopping = customers.map(async (customer) => {
    while (!ending.signal.aborted && wishes.length < mostOrders) {
      await customer.ask('look at the catalogue', 200, 'GET', '/api/v1/products?category=upgrade');
      await customer.ask('look at a product', 200, 'GET', `/api/v1/products/${pick(products).productId}`);
      const declined = wishes.length % everyTenth === everyTenth - 1;
      const { placed } = declined
        ? await order(customer, 'pm_card_chargeDeclined', 'cancelled')
        : await order(customer, 'pm_card_visa', 'paid');
      if (placed) await customer.ask('look at an order', 200, 'GET', `/api/v1/orders/${placed.id}`);
      if (declined) await customer.ask('look at all orders', 200, 'GET', '/api/v1/orders?limit=20');
      await pause(restMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  });
  return {
    requests,
    wishes,
    customers,
    products: products.map(({ productId }) => ({ productId, before: ample })),
    startedAt: Date.now(),
    order,
    stop: async () => {
      ending.abort();
      await Promise.all(shopping);
    },
  };
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
