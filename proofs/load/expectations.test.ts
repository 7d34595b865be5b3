import { check, type Expectations, type OrderRequest } from './expectations.ts';
import type { OrderState, OutboxEntry, ShopState } from './shop-state.ts';

const line = { productId: 'pan', quantity: 2 };
const anOrder = (changes: Partial<OrderState> = {}): OrderState => ({
  id: 'o1',
  number: 'N1',
  userId: 'u1',
  status: 'paid',
  reason: null,
  totalCents: 3800,
  lines: [line],
  ...changes,
});
const aRequest = (changes: Partial<OrderRequest> = {}): OrderRequest => ({
  key: 'k1',
  customer: 0,
  userId: 'u1',
  lines: [line],
  card: 'pm_card_visa',
  expected: 'paid',
  outcome: { kind: 'placed', id: 'o1', number: 'N1', totalCents: 3800, at: 1_000 },
  ...changes,
});
const anEvent = (type: string, sequence: number, changes: Partial<OutboxEntry> = {}): OutboxEntry => ({
  id: `${type}-1`,
  destination: 'topic',
  aggregateId: 'o1',
  sequence,
  type,
  sent: true,
  ...changes,
});
/** A shop with one order without any violation. */
const aState = (changes: Partial<ShopState> = {}): ShopState => ({
  orders: [anOrder()],
  users: ['u1'],
  outboxes: {
    users: [],
    orders: [anEvent('ORDER_CREATED', 1), anEvent('ORDER_PAID', 2)],
    payments: [anEvent('TRANSACTION_PROCESSED', 1)],
  },
  handled: new Set([
    'payments.on-order-event#ORDER_CREATED-1',
    'products.on-order-event#ORDER_PAID-1',
    'orders.on-transaction-processed#TRANSACTION_PROCESSED-1',
  ]),
  products: new Set(['pan']),
  stock: [{ productId: 'pan', available: 8, reserved: 0 }],
  reservations: [],
  provider: { o1: { charges: 1, chargedCents: 3800, refundedCents: 0 } },
  queues: [{ name: 'order-queue.fifo', messages: 0 }],
  unsent: 0,
  ...changes,
});
const failedChecks = (state: ShopState, expectations: Partial<Expectations> = {}): string[] =>
  check(state, {
    orders: [aRequest()],
    stock: new Map([['pan', 10]]),
    accounts: ['u1'],
    mayRunOut: true,
    ...expectations,
  })
    .filter(({ violations }) => violations.length > 0)
    .map(({ name }) => name);

const ordersOutbox = (...orders: OutboxEntry[]) => ({ outboxes: { ...aState().outboxes, orders } });
const exists = 'every order confirmed with 201 exists, with its total and customer';
const unexpected = 'no order was created without a request, or for two requests';
const response = 'every order request has a final response';
const status = 'every order reached its final status';
const payments = "the payment provider's ledger matches the orders";
const stock = 'stock = initial − sold − reserved, never below zero';
const reservations = 'remaining reservations belong to no order and expire';
const outboxes = 'outboxes are complete and sent';
const soldOut = anOrder({ status: 'cancelled', reason: 'stock-lost' });

test('a shop that lost nothing passes', () => {
  expect(failedChecks(aState())).toEqual([]);
});

describe('a check fails:', () => {
  const second = { kind: 'placed', id: 'o2', number: 'N2', totalCents: 1, at: 1 } as const;
  test.each<[string, Partial<ShopState>, Partial<Expectations>]>([
    [exists, {}, { orders: [aRequest(), aRequest({ outcome: second })] }],
    [exists, { orders: [anOrder({ totalCents: 1 })] }, {}],
    [exists, { orders: [anOrder({ userId: 'u2' })] }, {}],
    [unexpected, { orders: [anOrder(), anOrder({ id: 'o2' })] }, {}],
    [unexpected, {}, { orders: [aRequest(), aRequest({ key: 'k2' })] }],
    [response, {}, { orders: [aRequest(), aRequest({ outcome: { kind: 'unanswered' } })] }],
    [
      response,
      {},
      { mayRunOut: false, orders: [aRequest(), aRequest({ outcome: { kind: 'refused', code: 'X' } })] },
    ],
    [status, { orders: [anOrder({ status: 'pending' })] }, {}],
    [status, {}, { orders: [aRequest({ expected: 'cancelled' })] }],
    [status, { orders: [soldOut] }, { mayRunOut: false }],
    [payments, { provider: {} }, {}],
    [payments, { provider: { o1: { charges: 2, chargedCents: 7600, refundedCents: 3800 } } }, {}],
    [
      payments,
      { provider: { ...aState().provider, o9: { charges: 1, chargedCents: 1, refundedCents: 0 } } },
      {},
    ],
    [
      payments,
      {
        orders: [anOrder({ status: 'cancelled' })],
        provider: { o1: { charges: 1, chargedCents: 1, refundedCents: 1 } },
      },
      { orders: [aRequest({ expected: 'cancelled' })] },
    ],
    [stock, { stock: [{ productId: 'pan', available: 10, reserved: 0 }] }, {}],
    [stock, { stock: [{ productId: 'pan', available: -1, reserved: 0 }] }, { stock: new Map([['pan', 1]]) }],
    [
      reservations,
      {
        reservations: [{ orderId: 'o1', productId: 'pan', quantity: 1, expiresAt: 9 }],
        stock: [{ productId: 'pan', available: 7, reserved: 1 }],
      },
      {},
    ],
    ['every account exists', { users: [] }, {}],
    [outboxes, ordersOutbox(anEvent('ORDER_CREATED', 1), anEvent('ORDER_PAID', 2, { sent: false })), {}],
    [outboxes, ordersOutbox(anEvent('ORDER_CREATED', 1), anEvent('ORDER_PAID', 3)), {}],
    ['every event was handled by the consumers that record it', { handled: new Set() }, {}],
    ['queues and dead-letter queues are empty', { queues: [{ name: 'dead', messages: 1 }] }, {}],
  ])('%s', (name, state, expectations) => {
    expect(failedChecks(aState(state), expectations)).toContain(name);
  });
});

test('an order cancelled because its stock was lost is refunded, and its units are available', () => {
  const state = aState({
    orders: [soldOut],
    provider: { o1: { charges: 1, chargedCents: 3800, refundedCents: 3800 } },
    stock: [{ productId: 'pan', available: 10, reserved: 0 }],
  });
  state.outboxes.orders.push(anEvent('ORDER_CANCELLED', 3));
  expect(failedChecks(state)).toEqual([]);
});
