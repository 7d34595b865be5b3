import type { Line, OrderState, OutboxEntry, ShopState } from './shop-state.ts';

/** An order that a customer requested under one Idempotency-Key, and the shop's response. Times in ms. */
export type OrderRequest = {
  key: string;
  customer: number;
  userId: string;
  lines: Line[];
  card: string;
  /** The final status if the shop has the stock. */
  expected: 'paid' | 'cancelled';
  outcome:
    | { kind: 'unanswered' }
    | { kind: 'placed'; id: string; number: string; totalCents: number; at: number }
    | { kind: 'refused'; code: string };
};

/** What must be true of a shop after a load. */
export type Expectations = {
  orders: readonly OrderRequest[];
  /** Initial stock by product. */
  stock: ReadonlyMap<string, number>;
  /** Ids of the accounts that the shop confirmed. */
  accounts: readonly string[];
  /** Whether orders may be refused or cancelled because a product sold out. */
  mayRunOut: boolean;
};

/** One expectation, and where the shop violates it. */
export type Check = { name: string; violations: string[] };

/** The orders that the shop confirmed with 201. */
export const placedOrders = (orders: readonly OrderRequest[]) =>
  orders.flatMap((order) => (order.outcome.kind === 'placed' ? [{ ...order, ...order.outcome }] : []));

/** Consumers that record the events they have handled. */
const subscribers = [
  { of: 'orders', type: 'ORDER_CREATED', subscriber: 'payments.on-order-event' },
  { of: 'orders', type: 'ORDER_PAID', subscriber: 'products.on-order-event' },
  { of: 'payments', type: 'TRANSACTION_PROCESSED', subscriber: 'orders.on-transaction-processed' },
] as const;

export const isSold = ({ status }: OrderState): boolean => !['pending', 'cancelled'].includes(status);

/** Checks a shop without load against everything that it confirmed, and its stores against each other. */
export function check(state: ShopState, expectations: Expectations): Check[] {
  const placed = placedOrders(expectations.orders);
  const requests = new Map(placed.map((order) => [order.id, order]));
  const byId = new Map(state.orders.map((order) => [order.id, order]));
  const { mayRunOut } = expectations;
  return [
    {
      name: 'every order confirmed with 201 exists, with its total and customer',
      violations: placed.flatMap(({ id, totalCents, userId }) => {
        const found = byId.get(id);
        return found?.totalCents === totalCents && found.userId === userId ? [] : [id];
      }),
    },
    {
      name: 'no order was created without a request, or for two requests',
      violations: [
        ...state.orders.flatMap(({ id }) => (requests.has(id) ? [] : [id])),
        ...(requests.size === placed.length ? [] : ['two requests got the same order']),
      ],
    },
    {
      name: 'every order request has a final response',
      violations: expectations.orders.flatMap(({ key, outcome }) =>
        outcome.kind === 'unanswered' || (outcome.kind === 'refused' && !mayRunOut)
          ? [`${key} ${outcome.kind}`]
          : [],
      ),
    },
    {
      name: 'every order reached its final status',
      violations: state.orders.flatMap((order) => {
        const soldOut = mayRunOut && order.status === 'cancelled' && order.reason === 'stock-lost';
        const isFinal = soldOut || order.status === (requests.get(order.id)?.expected ?? 'paid');
        return isFinal ? [] : [`${order.id} ${order.status} ${order.reason ?? ''}`];
      }),
    },
    {
      name: "the payment provider's ledger matches the orders",
      violations: [
        ...state.orders.flatMap((order) => paymentViolations(order, state, requests.get(order.id)?.expected)),
        ...Object.keys(state.provider).filter((id) => !byId.has(id)),
      ],
    },
    {
      name: 'stock = initial − sold − reserved, never below zero',
      violations: stockViolations(state, expectations.stock),
    },
    {
      name: 'remaining reservations belong to no order and expire',
      violations: state.reservations.flatMap(({ orderId, expiresAt }) =>
        byId.has(orderId) || !Number.isFinite(expiresAt) ? [orderId] : [],
      ),
    },
    {
      name: 'every account exists',
      violations: expectations.accounts.filter((id) => !state.users.includes(id)),
    },
    {
      name: 'outboxes are complete and sent',
      violations: [
        ...Object.values(state.outboxes).flatMap(outboxViolations),
        ...state.orders.flatMap((order) => missingEvents(order, state.outboxes.orders)),
      ],
    },
    {
      name: 'every event was handled by the consumers that record it',
      violations: subscribers.flatMap(({ of, type, subscriber }) =>
        state.outboxes[of].flatMap((event) =>
          event.type !== type || state.handled.has(`${subscriber}#${event.id}`)
            ? []
            : [`${subscriber} ${event.id}`],
        ),
      ),
    },
    {
      name: 'queues and dead-letter queues are empty',
      violations: state.queues.flatMap(({ name, messages }) =>
        messages > 0 ? [`${name}: ${messages}`] : [],
      ),
    },
  ];
}

function paymentViolations(
  order: OrderState,
  { provider }: ShopState,
  expected?: OrderRequest['expected'],
): string[] {
  const { charges = 0, chargedCents = 0, refundedCents = 0 } = provider[order.id] ?? {};
  const paidCents = chargedCents - refundedCents;
  const dueCents = isSold(order) ? order.totalCents : 0;
  const maxCharges = expected === 'cancelled' ? 0 : 1;
  return paidCents === dueCents && charges <= maxCharges
    ? []
    : [`${order.id}: ${charges} charges, ${paidCents} of ${dueCents} cents`];
}

function stockViolations(
  { orders, stock, reservations }: ShopState,
  initial: ReadonlyMap<string, number>,
): string[] {
  const sum = (productId: string, lines: readonly Line[]) =>
    lines.reduce((units, line) => units + (line.productId === productId ? line.quantity : 0), 0);
  const soldLines = orders.filter(isSold).flatMap(({ lines }) => lines);
  return [...initial].flatMap(([productId, units]) => {
    const rows = stock.filter((row) => row.productId === productId);
    const available = rows.reduce((total, row) => total + row.available, 0);
    const reserved = rows.reduce((total, row) => total + row.reserved, 0);
    const [sold, inReservations] = [sum(productId, soldLines), sum(productId, reservations)];
    const isRight =
      reserved === inReservations &&
      available === units - sold - inReservations &&
      rows.every((row) => row.available >= 0 && row.reserved >= 0);
    const parts = `${units} − ${sold} sold − ${inReservations} reserved`;
    return isRight ? [] : [`${productId}: ${parts}, but ${available} available and ${reserved} reserved`];
  });
}

/** Unsent events, and aggregates with a gap in their sequence numbers. */
function outboxViolations(outbox: readonly OutboxEntry[]): string[] {
  const unsent = outbox.flatMap(({ id, type, sent }) => (sent ? [] : [`${type} ${id} is not sent`]));
  const byAggregate = Map.groupBy(outbox, ({ aggregateId }) => aggregateId);
  const gaps = [...byAggregate].flatMap(([aggregateId, events]) => {
    const sequences = new Set(events.map(({ sequence }) => sequence));
    return Math.max(...sequences) === sequences.size ? [] : [`${aggregateId} has a gap`];
  });
  return [...unsent, ...gaps];
}

function missingEvents(order: OrderState, outbox: readonly OutboxEntry[]): string[] {
  const types = new Set(outbox.flatMap(({ aggregateId, type }) => (aggregateId === order.id ? [type] : [])));
  const expected = ['ORDER_CREATED', isSold(order) ? 'ORDER_PAID' : 'ORDER_CANCELLED'];
  return expected.flatMap((type) => (types.has(type) ? [] : [`${order.id} has no ${type}`]));
}
