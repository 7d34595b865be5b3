import { placed, type Wish } from './ledger.ts';
import type { Announced, OrderState, State } from './state.ts';

/** One thing that must hold after a restoration; `wrong` says of what it does not. */
export type Check = { name: string; wrong: string[] };

/** What the state is held against. */
export type Expected = {
  wishes: readonly Wish[];
  /** Pieces that each product of the load had. */
  stock: ReadonlyMap<string, number>;
  /** Accounts that were promised. */
  accounts: readonly string[];
  /** From then on (ms) the copy of the tables knows nothing: mails since then may go out again. */
  tablesFrom: number;
};

/** Consumers that keep a record of what they handled, and the events that they handle. */
const subscribers = [
  { of: 'orders', type: 'ORDER_CREATED', subscriber: 'payments.on-order-event' },
  { of: 'orders', type: 'ORDER_PAID', subscriber: 'products.on-order-event' },
  { of: 'payments', type: 'TRANSACTION_PROCESSED', subscriber: 'orders.on-transaction-processed' },
] as const;

const isSold = ({ status }: OrderState) => !['pending', 'cancelled'].includes(status);
const paidSubject = ({ number }: { number: string }) => `Your order ${number}`;

/** Holds a shop that stands still to everything that was promised, and to its own books. */
export function check(state: State, expected: Expected): Check[] {
  const { orders, provider } = state;
  const promised = placed(expected.wishes);
  const byId = new Map(orders.map((order) => [order.id, order]));
  const asked = new Set(promised.map(({ id }) => id));
  return [
    {
      name: 'every order that was answered 201 is there, with its sum',
      wrong: promised.flatMap(({ id, totalCents }) => (byId.get(id)?.totalCents === totalCents ? [] : [id])),
    },
    { name: 'no order that nobody asked for, none twice', wrong: strangers(orders, asked, promised.length) },
    {
      name: 'every wish is answered in the end',
      wrong: expected.wishes.flatMap(({ key, outcome }) => (outcome.kind === 'unanswered' ? [key] : [])),
    },
    {
      name: 'every order reached an end: paid, or cancelled for want of stock',
      wrong: orders.flatMap((order) =>
        isSold(order) || (order.status === 'cancelled' && order.reason === 'stock-lost')
          ? []
          : [`${order.id} ${order.status} ${order.reason ?? ''}`],
      ),
    },
    {
      name: "paid once or not at all, by the provider's books",
      wrong: [
        ...orders.flatMap((order) => wrongMoney(order, provider[order.id])),
        ...Object.keys(provider).filter((id) => !byId.has(id)),
      ],
    },
    { name: 'stock = initial − sold − held, never below zero', wrong: wrongStock(state, expected.stock) },
    {
      name: 'what is still held is held for nobody, and lapses',
      wrong: state.holds.flatMap(({ orderId, expiresAt }) =>
        byId.has(orderId) || !Number.isFinite(expiresAt) ? [orderId] : [],
      ),
    },
    {
      name: 'every account is there',
      wrong: expected.accounts.filter((id) => !state.users.includes(id)),
    },
    {
      name: 'outboxes are complete and sent',
      wrong: [
        ...Object.values(state.outboxes).flatMap(gaps),
        ...orders.flatMap((order) => unannounced(order, state.outboxes.orders)),
      ],
    },
    {
      name: 'every event was handled by those who keep a record',
      wrong: subscribers.flatMap(({ of, type, subscriber }) =>
        state.outboxes[of].flatMap((event) =>
          event.type !== type || state.handled.has(`${subscriber}#${event.id}`)
            ? []
            : [`${subscriber} ${event.id}`],
        ),
      ),
    },
    {
      name: 'every buyer was told, twice only where the tables forgot that they were',
      wrong: orders.filter(isSold).flatMap((order) => wrongMails(order, state, expected.tablesFrom)),
    },
    {
      name: 'no dead letters',
      wrong: state.queues.flatMap(({ name, waiting, dead }) => (dead && waiting > 0 ? [name] : [])),
    },
  ];
}

/** Mails that went out more than once. */
export const repeatedMails = ({ orders, mails }: State): number => {
  const counts = Map.groupBy(mails, ({ subject }) => subject);
  return orders.reduce(
    (sum, order) => sum + Math.max(0, (counts.get(paidSubject(order))?.length ?? 0) - 1),
    0,
  );
};

function strangers(orders: readonly OrderState[], asked: ReadonlySet<string>, promised: number): string[] {
  const unasked = orders.flatMap(({ id }) => (asked.has(id) ? [] : [id]));
  return asked.size === promised ? unasked : [...unasked, 'two wishes were answered with one order'];
}

type Money = State['provider'][string] | undefined;

function wrongMoney(order: OrderState, money: Money): string[] {
  const kept = (money?.chargedCents ?? 0) - (money?.refundedCents ?? 0);
  const due = isSold(order) ? order.totalCents : 0;
  const charges = money?.charges ?? 0;
  return kept === due && charges <= 1 ? [] : [`${order.id}: ${charges} charges, ${kept} of ${due} cents`];
}

function wrongStock({ orders, stock, holds }: State, initial: ReadonlyMap<string, number>): string[] {
  const sum = (productId: string, lines: readonly { productId: string; quantity: number }[]) =>
    lines.reduce((pieces, line) => pieces + (line.productId === productId ? line.quantity : 0), 0);
  const soldLines = orders.filter(isSold).flatMap(({ lines }) => lines);
  return [...initial].flatMap(([productId, pieces]) => {
    const rows = stock.filter((row) => row.productId === productId);
    const available = rows.reduce((total, row) => total + row.available, 0);
    const reserved = rows.reduce((total, row) => total + row.reserved, 0);
    const [sold, held] = [sum(productId, soldLines), sum(productId, holds)];
    const right =
      reserved === held &&
      available === pieces - sold - held &&
      rows.every((row) => row.available >= 0 && row.reserved >= 0);
    return right
      ? []
      : [
          `${productId}: ${pieces} − ${sold} sold − ${held} held, but ${available} free and ${reserved} reserved`,
        ];
  });
}

/** Events that are missing between others of their aggregate, and those that were not sent. */
function gaps(outbox: readonly Announced[]): string[] {
  const unsent = outbox.flatMap(({ id, type, sent }) => (sent ? [] : [`${type} ${id} is not sent`]));
  const all = Map.groupBy(outbox, ({ aggregateId }) => aggregateId);
  const gapped = [...all].flatMap(([aggregateId, events]) => {
    const numbers = new Set(events.map(({ sequence }) => sequence));
    return Math.max(...numbers) === numbers.size ? [] : [`${aggregateId} has a gap`];
  });
  return [...unsent, ...gapped];
}

function unannounced(order: OrderState, outbox: readonly Announced[]): string[] {
  const types = new Set(outbox.flatMap(({ aggregateId, type }) => (aggregateId === order.id ? [type] : [])));
  const wanted = ['ORDER_CREATED', isSold(order) ? 'ORDER_PAID' : 'ORDER_CANCELLED'];
  return wanted.flatMap((type) => (types.has(type) ? [] : [`${order.id} has no ${type}`]));
}

function wrongMails(order: OrderState, { mails }: State, tablesFrom: number): string[] {
  const mine = mails.filter(({ subject }) => subject === paidSubject(order));
  const first = Math.min(...mine.map(({ at }) => at));
  const right = mine.length === 1 || (mine.length === 2 && first >= tablesFrom);
  return right ? [] : [`${order.id}: ${mine.length} mails`];
}
