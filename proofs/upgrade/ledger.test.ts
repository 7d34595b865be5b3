import { differences, type Listed, lostOf, type Observed, type Wish } from './ledger.ts';

const wish = (id: string, rest: Partial<Wish> = {}): Wish => ({
  key: `key of ${id}`,
  customer: 0,
  lines: [{ productId: 'mug', quantity: 2 }],
  ends: 'paid',
  placed: { id, totalCents: 500 },
  ...rest,
});
const listed = (id: string, rest: Partial<Listed> = {}): Listed => ({
  id,
  status: 'paid',
  totalCents: 500,
  customer: 0,
  ...rest,
});
const charged = { charges: 1, chargedCents: 500, refundedCents: 0 };
const mugs = (left: number) => [{ productId: 'mug', before: 10, onHand: left, available: left, reserved: 0 }];
const seen = (rest: Partial<Observed> = {}): Observed => ({
  orders: [listed('a')],
  books: { a: charged },
  stock: mugs(8),
  waiting: { 'order-queue.fifo': 0 },
  ...rest,
});

describe('the ledger outside the shop', () => {
  test('has nothing to say of a shop that kept every promise', () => {
    const wishes = [
      wish('a'),
      wish('b', { ends: 'cancelled' }),
      { ...wish('c'), placed: undefined } as never,
    ];
    const orders = [listed('a'), listed('b', { status: 'cancelled' })];
    expect(differences(wishes, seen({ orders }))).toEqual([]);
  });

  test.each<[string, Partial<Observed>, string]>([
    ['is gone', { orders: [] }, 'order a is there 0 times'],
    ['is there twice', { orders: [listed('a'), listed('a')] }, 'order a is there 2 times'],
    ['is not paid', { orders: [listed('a', { status: 'pending' })] }, 'order a is pending, not paid'],
    ['has another owner', { orders: [listed('a', { customer: 1 })] }, "order a is another customer's"],
    ['was never charged', { books: {} }, 'order a over 500 cents was charged 0 times, 0 cents in all'],
    [
      'was charged twice',
      { books: { a: { charges: 2, chargedCents: 1000, refundedCents: 0 } } },
      'order a over 500 cents was charged 2 times, 1000 cents in all',
    ],
  ])('tells of an order that %s', (_what, changed, told) => {
    expect(differences([wish('a')], seen(changed))).toEqual([told]);
  });

  test('tells of orders and charges that nobody was told of', () => {
    const orders = [listed('a'), listed('x')];
    expect(differences([wish('a')], seen({ orders, books: { a: charged, x: charged } }))).toEqual([
      'order x is in the shop and nobody was told of it',
      'order x was charged and nobody was told of it',
    ]);
  });

  test('tells of stock that was not sold or not given back', () => {
    expect(differences([wish('a')], seen({ stock: mugs(10) }))).toEqual([
      'product mug has 10 onHand, not 8',
      'product mug has 10 available, not 8',
    ]);
    const held = [{ ...mugs(8)[0]!, available: 6, reserved: 2 }];
    expect(differences([wish('a')], seen({ stock: held }))).toEqual([
      'product mug has 6 available, not 8',
      'product mug has 2 reserved, not 0',
    ]);
  });

  test('tells of events that are still under way', () => {
    expect(differences([wish('a')], seen({ waiting: { 'order-queue.fifo': 3 } }))).toEqual([
      'order-queue.fifo still holds 3',
    ]);
  });

  test('names the promised orders that are lost', () => {
    const [kept, gone] = [wish('a'), wish('b')];
    expect(lostOf([kept, gone], seen())).toEqual([gone]);
  });
});
