import { type Check, check, type Expected } from './checks.ts';
import type { Wish } from './ledger.ts';
import type { Announced, OrderState, State } from './state.ts';

const line = { productId: 'pan', quantity: 2 };
const anOrder = (changes: Partial<OrderState> = {}): OrderState => ({
  id: 'o1',
  number: 'N1',
  status: 'paid',
  reason: null,
  totalCents: 3800,
  lines: [line],
  ...changes,
});
const aWish = (changes: Partial<Wish> = {}): Wish => ({
  key: 'k1',
  customer: 0,
  lines: [line],
  outcome: { kind: 'placed', id: 'o1', number: 'N1', totalCents: 3800, at: 1_000 },
  ...changes,
});
const announced = (type: string, sequence: number, changes: Partial<Announced> = {}): Announced => ({
  id: `${type}-1`,
  destination: 'topic',
  aggregateId: 'o1',
  sequence,
  type,
  sent: true,
  ...changes,
});
/** A shop with one order that went as it should. */
const aState = (changes: Partial<State> = {}): State => ({
  orders: [anOrder()],
  users: ['u1'],
  outboxes: {
    users: [],
    orders: [announced('ORDER_CREATED', 1), announced('ORDER_PAID', 2)],
    payments: [announced('TRANSACTION_PROCESSED', 1)],
  },
  handled: new Set([
    'payments.on-order-event#ORDER_CREATED-1',
    'products.on-order-event#ORDER_PAID-1',
    'orders.on-transaction-processed#TRANSACTION_PROCESSED-1',
  ]),
  products: new Set(['pan']),
  stock: [{ productId: 'pan', available: 8, reserved: 0 }],
  holds: [],
  provider: { o1: { charges: 1, chargedCents: 3800, refundedCents: 0 } },
  mails: [{ subject: 'Your order N1', to: ['a@example.com'], at: 1_500 }],
  queues: [{ name: 'dead', waiting: 0, dead: true }],
  ...changes,
});
const failures = (state: State, expected: Partial<Expected> = {}): string[] =>
  check(state, {
    wishes: [aWish()],
    stock: new Map([['pan', 10]]),
    accounts: ['u1'],
    tablesFrom: 2_000,
    ...expected,
  })
    .filter(({ wrong }: Check) => wrong.length > 0)
    .map(({ name }) => name);

test('a shop that lost nothing passes', () => {
  expect(failures(aState())).toEqual([]);
});

describe('a check fails', () => {
  const mail = (at: number) => ({ subject: 'Your order N1', to: [], at });
  test.each<[string, Partial<State>, Partial<Expected>]>([
    [
      'every order that was answered 201 is there, with its sum',
      {},
      {
        wishes: [
          aWish(),
          aWish({ outcome: { kind: 'placed', id: 'o2', number: 'N2', totalCents: 1, at: 1 } }),
        ],
      },
    ],
    [
      'every order that was answered 201 is there, with its sum',
      { orders: [anOrder({ totalCents: 1 })] },
      {},
    ],
    ['no order that nobody asked for, none twice', { orders: [anOrder(), anOrder({ id: 'o2' })] }, {}],
    ['no order that nobody asked for, none twice', {}, { wishes: [aWish(), aWish({ key: 'k2' })] }],
    [
      'every wish is answered in the end',
      {},
      { wishes: [aWish(), aWish({ outcome: { kind: 'unanswered' } })] },
    ],
    [
      'every order reached an end: paid, or cancelled for want of stock',
      { orders: [anOrder({ status: 'pending' })] },
      {},
    ],
    [
      "paid once or not at all, by the provider's books",
      { provider: { o1: { charges: 2, chargedCents: 7600, refundedCents: 3800 } } },
      {},
    ],
    [
      "paid once or not at all, by the provider's books",
      { provider: { ...aState().provider, o9: { charges: 1, chargedCents: 1, refundedCents: 0 } } },
      {},
    ],
    [
      'stock = initial − sold − held, never below zero',
      { stock: [{ productId: 'pan', available: 10, reserved: 0 }] },
      {},
    ],
    [
      'stock = initial − sold − held, never below zero',
      { stock: [{ productId: 'pan', available: -1, reserved: 0 }] },
      { stock: new Map([['pan', 1]]) },
    ],
    [
      'what is still held is held for nobody, and lapses',
      {
        holds: [{ orderId: 'o1', productId: 'pan', quantity: 1, expiresAt: 9 }],
        stock: [{ productId: 'pan', available: 7, reserved: 1 }],
      },
      {},
    ],
    ['every account is there', { users: [] }, {}],
    [
      'outboxes are complete and sent',
      {
        outboxes: {
          ...aState().outboxes,
          orders: [announced('ORDER_CREATED', 1), announced('ORDER_PAID', 2, { sent: false })],
        },
      },
      {},
    ],
    [
      'outboxes are complete and sent',
      {
        outboxes: {
          ...aState().outboxes,
          orders: [announced('ORDER_CREATED', 1), announced('ORDER_PAID', 3)],
        },
      },
      {},
    ],
    ['every event was handled by those who keep a record', { handled: new Set() }, {}],
    ['every buyer was told, twice only where the tables forgot that they were', { mails: [] }, {}],
    [
      'every buyer was told, twice only where the tables forgot that they were',
      { mails: [mail(1_500), mail(9_000)] },
      {},
    ],
    ['no dead letters', { queues: [{ name: 'dead', waiting: 1, dead: true }] }, {}],
  ])('%s', (name, state, expected) => {
    expect(failures(aState(state), expected)).toContain(name);
  });
});

test('a buyer may be told twice of what the tables forgot', () => {
  const mails = [2_500, 9_000].map((at) => ({ subject: 'Your order N1', to: [], at }));
  expect(failures(aState({ mails }))).toEqual([]);
});

test('an order that was cancelled for want of stock is refunded, and its pieces are free', () => {
  const state = aState({
    orders: [anOrder({ status: 'cancelled', reason: 'stock-lost' })],
    provider: { o1: { charges: 1, chargedCents: 3800, refundedCents: 3800 } },
    stock: [{ productId: 'pan', available: 10, reserved: 0 }],
  });
  state.outboxes.orders.push(announced('ORDER_CANCELLED', 3));
  expect(failures(state)).toEqual([]);
});
