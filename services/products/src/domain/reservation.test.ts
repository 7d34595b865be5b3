import {
  decideCommit,
  decideRepeat,
  type Reservation,
  type ReservationLine,
  toGiveBack,
} from './reservation.ts';

const now = new Date('2027-03-01T12:00:00Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const minute = 60_000;
const line = (
  productId: string,
  state: ReservationLine['state'] = 'held',
  over: Partial<ReservationLine> = {},
) =>
  ({
    orderId: 'order',
    productId,
    name: 'Lamp',
    unitPriceCents: 1000,
    currency: 'EUR',
    quantity: 1,
    allocations: [{ warehouseId: 'berlin', quantity: 1 }],
    expiresAt: at(30 * minute),
    releasedAt: at(-10 * minute),
    state,
    ...over,
  }) as ReservationLine;
const reservation = (lines: ReservationLine[], releasedAt?: Date): Reservation => ({
  orderId: 'order',
  lines,
  releasedAt,
});
const wanted = (...ids: string[]) => ids.map((productId) => ({ productId, quantity: 1 }));
const repeat = (known: Reservation, ...ids: string[]) =>
  decideRepeat(known, wanted(...ids), at(30 * minute), now).kind;

describe('a hold that came again', () => {
  test('is answered with what is held, in the order asked', () => {
    const known = reservation([line('a'), line('b')]);
    expect(decideRepeat(known, wanted('b', 'a'), at(30 * minute), now)).toMatchObject({
      kind: 'answer',
      lines: [{ productId: 'b' }, { productId: 'a' }],
    });
  });
  test('is extended if it is to last longer', () => {
    expect(repeat(reservation([line('a', 'held', { expiresAt: at(minute) })]), 'a')).toBe('extend');
  });
  test('starts over if a part was reclaimed, and gives back the other part', () => {
    const known = reservation([line('a', 'expired'), line('b')]);
    expect(decideRepeat(known, wanted('a', 'b'), at(30 * minute), now)).toMatchObject({
      kind: 'start-over',
      leftover: [{ productId: 'b' }],
    });
  });
  test('is put off just after a release, and starts over later', () => {
    const released = (ms: number) => reservation([line('a', 'released', { releasedAt: at(ms) })]);
    expect(repeat(released(-1_000), 'a')).toBe('settling');
    expect(repeat(released(-minute), 'a')).toBe('start-over');
    expect(repeat(reservation([], at(-1_000)), 'a')).toBe('settling');
  });
  test('of other lines, or of an order that is paid, is refused', () => {
    expect(repeat(reservation([line('a', 'held', { quantity: 2 })]), 'a')).toBe('refused');
    expect(repeat(reservation([line('a'), line('b')]), 'a')).toBe('refused');
    expect(repeat(reservation([line('a', 'committed')]), 'a')).toBe('refused');
  });
});

describe('a payment', () => {
  test('commits what is held and looks for what was lost or never held', () => {
    const known = reservation([line('a'), line('b', 'expired')]);
    expect(decideCommit(known, wanted('a', 'b', 'c'))).toMatchObject({
      kind: 'commit',
      held: [{ productId: 'a' }],
      lost: [{ productId: 'b' }, { productId: 'c' }],
    });
  });
  test.each([
    ['committed', reservation([line('a', 'committed')])],
    ['released', reservation([line('a', 'released')])],
    ['released ahead', reservation([], at(0))],
  ])('changes nothing in an order that is %s', (_, known) => {
    expect(decideCommit(known, wanted('a'))).toEqual({ kind: 'unchanged' });
  });
});

test('a release gives back everything that is not released yet', () => {
  const states = ['held', 'committed', 'expired', 'released'] as const;
  const known = reservation(states.map((state, index) => line(String(index), state)));
  expect(toGiveBack(known).map(({ state }) => state)).toEqual(['held', 'committed', 'expired']);
});
