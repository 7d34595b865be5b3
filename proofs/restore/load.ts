import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { drawn } from '../../client/demo/pictures.ts';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderOf,
  type Product,
  uploadPicture,
} from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { noteFailures } from './failures.ts';
import type { Promised, Wish } from './ledger.ts';
import type { Addresses } from './shop.ts';

/** What customers and staff did, kept outside the shop. */
export type Load = {
  wishes: readonly Wish[];
  accounts: readonly Promised[];
  products: readonly Promised[];
  /** Pieces that each product had. */
  stock: ReadonlyMap<string, number>;
  /** Ends the load; answers when everybody noticed. @throws what failed before the loss (ms) */
  stop(lossAt?: number): Promise<void>;
  /**
   * The customers come to the shop that is there now: one orders, and answers when that was taken, and all ask once
   * more for what was never answered, until `untilMs`.
   */
  comeBack(shop: Addresses, untilMs: number): { firstOrder: Promise<number>; all: Promise<void> };
};

/** Enough of each product for every order, but for some that sell out, so that the last pieces are fought for. */
const ample = 100_000;
const scarce = [8, 20, 40];
const ampleCount = 8;
/** About one order in so many has a scarce product too. */
const scarceShare = 5;
/** Between a customer's orders (ms): the drill is about what is lost, not about speed. */
const restMs = 40;
/** How often the staff adds a product with a picture, and somebody opens an account (ms). */
const staffEveryMs = 1_500;

/** Fills the shop and lets so many customers order until they are stopped, or `most` orders were asked for. */
export async function startLoad(shop: Addresses, customers: number, most: number): Promise<Load> {
  const visitor = new ShopClient(shop.apiUrl);
  const boss = await visitor.signIn(shop.admin.email, shop.admin.password ?? '');
  await ensureCategory(boss, 'drill', 'Drill');
  const stock = new Map<string, number>();
  const add = async (name: string, pieces: number): Promise<Product> => {
    const product = await addProduct(boss, { name, category: 'drill', cents: 1900, stock: pieces });
    stock.set(product.productId, pieces);
    return product;
  };
  const plenty: Product[] = [];
  for (let number = 1; number <= ampleCount; number += 1) plenty.push(await add(`Ample ${number}`, ample));
  const rare: Product[] = [];
  for (const pieces of scarce) rare.push(await add(`Scarce ${pieces}`, pieces));

  const wishes: Wish[] = [];
  const accounts: Promised[] = [];
  const products: Promised[] = [];
  const buyers: ShopClient[] = [];
  for (let number = 0; number < customers; number += 1) {
    const buyer = await visitor.register('Buyer');
    buyers.push(buyer);
    accounts.push({ id: buyer.userId, at: Date.now() });
  }
  const ending = new AbortController();
  const failures = noteFailures();
  const { signal } = ending;

  const buy = async (customer: number) => {
    while (!signal.aborted && wishes.length < most) {
      const first = pick(plenty);
      const lines = [{ productId: first.productId, quantity: 1 + Math.floor(Math.random() * 2) }];
      if (Math.random() * scarceShare < 1) lines.push({ productId: pick(rare).productId, quantity: 1 });
      const wish: Wish = { key: randomUUID(), customer, lines, outcome: { kind: 'unanswered' } };
      wishes.push(wish);
      await ask(buyers[customer], wish, () => !signal.aborted);
      await pause(restMs);
    }
  };
  const keepShop = async () => {
    for (let number = 1; !signal.aborted; number += 1) {
      const product = await addProduct(boss, {
        name: `News ${number}`,
        category: 'drill',
        cents: 500,
        stock: 3,
      });
      products.push({ id: product.productId, at: Date.now() });
      const bytes = await drawn(`News ${number}`, number * 40, 640, 480)
        .jpeg()
        .toBuffer();
      await uploadPicture(boss, {
        productId: product.productId,
        contentType: 'image/jpeg',
        bytes,
        altText: product.name,
      });
      const { userId } = await visitor.register('Newcomer');
      accounts.push({ id: userId, at: Date.now() });
      await pause(staffEveryMs, undefined, { signal });
    }
  };
  const working = Promise.all([
    ...buyers.map((_, customer) => buy(customer)),
    keepShop().catch(failures.note),
  ]);
  return {
    wishes,
    accounts,
    products,
    stock,
    stop: async (lossAt = 0) => {
      ending.abort();
      await working;
      failures.throwBefore(lossAt);
    },
    comeBack: (restored, untilMs) => {
      const again = buyers.map(({ token }) => new ShopClient(restored.apiUrl, token));
      const inTime = () => Date.now() < untilMs;
      const unanswered = wishes.filter(({ outcome }) => outcome.kind === 'unanswered');
      const next: Wish = {
        key: randomUUID(),
        customer: 0,
        lines: [{ productId: pick(plenty).productId, quantity: 1 }],
        outcome: { kind: 'unanswered' },
      };
      wishes.push(next);
      const first = ask(again[0], next, inTime);
      return {
        firstOrder: first.then(() => (next.outcome.kind === 'placed' ? next.outcome.at : Number.NaN)),
        all: Promise.all([first, ...unanswered.map((wish) => ask(again[wish.customer], wish, inTime))]).then(
          () => undefined,
        ),
      };
    },
  };
}

const pick = <T>(some: readonly T[]): T => some[Math.floor(Math.random() * some.length)] as T;

/** Asks for an order, with the same key for as long as the shop does not say yes or no. */
async function ask(buyer: ShopClient | undefined, wish: Wish, goOn: () => boolean): Promise<void> {
  while (buyer !== undefined && wish.outcome.kind === 'unanswered' && goOn()) {
    try {
      const { status, body } = await buyer.send<Order & { code?: string }>('POST', '/api/v1/orders', {
        body: orderOf(wish.lines),
        key: wish.key,
      });
      const at = Date.now();
      if (status === 201)
        wish.outcome = { kind: 'placed', id: body.id, number: body.number, totalCents: body.totalCents, at };
      else if (status >= 500 || status === 429 || body.code === 'REQUEST_IN_PROGRESS') await pause(200);
      else wish.outcome = { kind: 'refused', code: body.code ?? String(status) };
    } catch {
      await pause(200); // nobody there
    }
  }
}
