import type { Order } from '../../client/shop-actions.ts';

/** What a customer ordered under one Idempotency-Key, and what the shop promised by its 201. */
export type Wish = {
  key: string;
  customer: number;
  lines: { productId: string; quantity: number }[];
  /** How it ends when nothing is lost: a declined card's order is cancelled. */
  ends: 'paid' | 'cancelled';
  placed?: { id: string; totalCents: number };
};

/** An order as its customer's list has it. */
export type Listed = Pick<Order, 'id' | 'status' | 'totalCents'> & { customer: number };

/** A product's pieces, before the load and now. */
export type Pieces = {
  productId: string;
  before: number;
  onHand: number;
  available: number;
  reserved: number;
};

/** What is seen of the shop from outside it, and of its queues and outboxes. */
export type Observed = {
  orders: readonly Listed[];
  /** The payment provider's own books, by order. */
  books: Readonly<Record<string, { charges: number; chargedCents: number; refundedCents: number }>>;
  stock: readonly Pieces[];
  /** Messages that wait or are worked on, by queue; and events that are not announced, by outbox. */
  waiting: Readonly<Record<string, number>>;
};

/** Everything in which the shop differs from what it promised; empty when nothing is lost, doubled or left over. */
export function differences(wishes: readonly Wish[], seen: Observed): string[] {
  const promised = new Map(wishes.flatMap((wish) => (wish.placed ? [[wish.placed.id, wish] as const] : [])));
  return [
    ...[...promised].flatMap(([id, wish]) => faultsOf(id, wish, seen)),
    ...seen.orders
      .filter(({ id }) => !promised.has(id))
      .map(({ id }) => `order ${id} is in the shop and nobody was told of it`),
    ...Object.keys(seen.books)
      .filter((id) => !promised.has(id))
      .map((id) => `order ${id} was charged and nobody was told of it`),
    ...seen.stock.flatMap((pieces) => stockFaults(pieces, wishes)),
    ...Object.entries(seen.waiting)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} still holds ${count}`),
  ];
}

/** Promised orders that are not in the shop. */
export const lostOf = (wishes: readonly Wish[], { orders }: Observed): Wish[] => {
  const there = new Set(orders.map(({ id }) => id));
  return wishes.filter(({ placed }) => placed && !there.has(placed.id));
};

function faultsOf(id: string, { customer, ends, placed }: Wish, { orders, books }: Observed): string[] {
  const found = orders.filter((order) => order.id === id);
  if (found.length !== 1) return [`order ${id} is there ${found.length} times`];
  const [order] = found as [Listed];
  const faults: string[] = [];
  if (order.customer !== customer) faults.push(`order ${id} is another customer's`);
  if (order.status !== ends) faults.push(`order ${id} is ${order.status}, not ${ends}`);
  const { charges, chargedCents, refundedCents } = books[id] ?? {
    charges: 0,
    chargedCents: 0,
    refundedCents: 0,
  };
  const due = ends === 'paid' ? (placed?.totalCents ?? 0) : 0;
  if (charges !== (ends === 'paid' ? 1 : 0) || chargedCents - refundedCents !== due)
    faults.push(`order ${id} over ${due} cents was charged ${charges} times, ${chargedCents} cents in all`);
  return faults;
}

function stockFaults({ productId, before, ...now }: Pieces, wishes: readonly Wish[]): string[] {
  const sold = wishes
    .filter(({ ends, placed }) => placed && ends === 'paid')
    .flatMap(({ lines }) => lines)
    .filter((line) => line.productId === productId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  const right = { onHand: before - sold, available: before - sold, reserved: 0 };
  const wrong = (Object.keys(right) as (keyof typeof right)[]).filter((name) => now[name] !== right[name]);
  return wrong.map((name) => `product ${productId} has ${now[name]} ${name}, not ${right[name]}`);
}
