import {
  decideConfirmation,
  decideRepeat,
  linesToRelease,
  type Reservation,
  type ReservationLine,
  releaseCooldownMs,
  reservationLost,
} from './reservation.ts';

const now = new Date('2027-03-01T12:00:00Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const minute = 60_000;
const until = at(30 * minute);
const line = (
  productId: string,
  state: ReservationLine['state'] = 'reserved',
  over: { quantity?: number; reservedUntil?: Date; releasedAt?: Date } = {},
) =>
  ({
    orderId: 'order',
    productId,
    name: 'Lamp',
    unitPriceCents: 1000,
    currency: 'EUR',
    quantity: 1,
    allocations: [{ warehouseId: 'berlin', quantity: 1 }],
    reservedUntil: until,
    releasedAt: at(-10 * minute),
    state,
    ...over,
  }) as ReservationLine;
const reservation = (lines: ReservationLine[], releasedAt?: Date): Reservation => ({
  orderId: 'order',
  lines,
  releasedAt,
});
const linesOf = (...ids: string[]) => ids.map((productId) => ({ productId, quantity: 1 }));
const repeat = (known: Reservation, ...ids: string[]) => decideRepeat(known, linesOf(...ids), until, now);

describe('a repeated request', () => {
  test('returns the reserved lines in its own order', () => {
    expect(repeat(reservation([line('a'), line('b')]), 'b', 'a')).toMatchObject({
      kind: 'reserved',
      lines: [{ productId: 'b' }, { productId: 'a' }],
    });
  });

  test('with a later end extends the reservation', () => {
    const before = new Date(until.getTime() - 1);
    expect(repeat(reservation([line('a', 'reserved', { reservedUntil: before })]), 'a').kind).toBe('extend');
  });

  test('starts over if a line has expired, and returns the remaining one', () => {
    expect(repeat(reservation([line('a', 'expired'), line('b')]), 'a', 'b')).toMatchObject({
      kind: 'start-over',
      remaining: [{ productId: 'b' }],
    });
  });

  test.each([
    ['1 ms before the cooldown of a release ends is put off', 1 - releaseCooldownMs, 'just-released'],
    ['when the cooldown of a release ends starts over', -releaseCooldownMs, 'start-over'],
  ])('%s', (_, releasedAt, kind) => {
    const released = line('a', 'released', { releasedAt: at(releasedAt) });
    expect(repeat(reservation([released]), 'a').kind).toBe(kind);
    expect(repeat(reservation([], at(releasedAt)), 'a').kind).toBe(kind);
  });

  test('for other lines, or of a paid order, is refused', () => {
    const otherQuantity = reservation([line('a', 'reserved', { quantity: 2 })]);
    expect(repeat(otherQuantity, 'a')).toEqual({ kind: 'refused', reason: 'other-lines' });
    const moreLines = reservation([line('a'), line('b')]);
    expect(repeat(moreLines, 'a')).toEqual({ kind: 'refused', reason: 'other-lines' });
    const confirmed = reservation([line('a', 'confirmed')]);
    expect(repeat(confirmed, 'a')).toEqual({ kind: 'refused', reason: 'confirmed' });
  });
});

describe('a payment', () => {
  test('confirms reserved lines, and replaces those that expired or were never reserved', () => {
    const known = reservation([line('a'), line('b', 'expired')]);
    expect(decideConfirmation(known, linesOf('a', 'b', 'c'))).toMatchObject({
      kind: 'confirm',
      reserved: [{ productId: 'a' }],
      lost: [{ productId: 'b' }, { productId: 'c' }],
    });
  });

  test.each([
    ['confirmed', reservation([line('a', 'confirmed')])],
    ['released', reservation([line('a', 'released')])],
    ['released before it reserved', reservation([], at(0))],
  ])('changes nothing in an order that is %s', (_, known) => {
    expect(decideConfirmation(known, linesOf('a'))).toEqual({ kind: 'unchanged' });
  });
});

test('a release changes every line that is not released', () => {
  const states = ['reserved', 'confirmed', 'expired', 'released'] as const;
  const known = reservation(states.map((state, index) => line(String(index), state)));
  expect(linesToRelease(known).map(({ state }) => state)).toEqual(['reserved', 'confirmed', 'expired']);
});

test('a lost reservation is the first event of the order’s reservation', () => {
  expect(reservationLost('order', ['a'], { eventId: 'event', now })).toMatchObject({
    id: 'event',
    aggregateId: 'order',
    sequence: 1,
    data: { orderId: 'order', productIds: ['a'] },
  });
});
