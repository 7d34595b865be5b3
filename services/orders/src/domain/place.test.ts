import fc from 'fast-check';
import type { ReservedLine } from '#shared/contracts/stock.ts';
import { toEnvelope } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { anAddress, minutesAfter, noon } from '../../testing/builders.ts';
import { orderNumberOf } from './order-number.ts';
import { deadlinesOf, lineOverLimit, mergeLines, placeOrder } from './place.ts';

const [lamp, chair] = [newId(), newId()];
const aReservedLine = (line: Partial<ReservedLine> = {}): ReservedLine => ({
  productId: lamp,
  name: 'Lamp',
  quantity: 1,
  unitPriceCents: 1000,
  currency: 'EUR',
  ...line,
});
const placing = (...lines: ReservedLine[]) =>
  placeOrder({
    orderId: newId(),
    userId: newId(),
    lines,
    shippingAddress: anAddress,
    paymentMethod: 'pm_card_visa',
    paymentDeadline: minutesAfter(30),
    at: noon,
    eventId: newId(),
  });
const placed = (...lines: ReservedLine[]) => {
  const decision = placing(...lines);
  if (decision.kind !== 'changed') throw new Error(decision.kind);
  return { order: decision.state, event: decision.events[0]! };
};
const refusalOf = (...lines: ReservedLine[]) => {
  const decision = placing(...lines);
  if (decision.kind !== 'refused') throw new Error(decision.kind);
  return decision.refusal;
};
/** An id that was made at a given moment. */
const idOf = (at: Date) => {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-0123456789ab`;
};

describe('lines', () => {
  test('of one product are merged, in the position of the first', () => {
    const lines = [
      { productId: lamp, quantity: 2 },
      { productId: chair, quantity: 1 },
      { productId: lamp, quantity: 3 },
    ];
    expect(mergeLines(lines)).toEqual([
      { productId: lamp, quantity: 5, index: 0 },
      { productId: chair, quantity: 1, index: 1 },
    ]);
  });

  test('that exceed a thousand pieces of one product are found by their index', () => {
    const lines = (...quantities: number[]) => quantities.map((quantity) => ({ productId: lamp, quantity }));
    expect(lineOverLimit(lines(600, 401))).toBe(1);
    expect(
      lineOverLimit([...lines(600), { productId: chair, quantity: 1000 }, ...lines(400)]),
    ).toBeUndefined();
  });

  test('lose no piece when merged', () => {
    const anyLine = fc.record({
      productId: fc.constantFrom(lamp, chair),
      quantity: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 45 }), (lines) => {
        const sum = (all: { quantity: number }[]) => all.reduce((total, { quantity }) => total + quantity, 0);
        const merged = mergeLines(lines);
        expect(sum(merged)).toBe(sum(lines));
        expect(new Set(merged.map(({ productId }) => productId)).size).toBe(merged.length);
      }),
    );
  });
});

describe('deadlines', () => {
  test('follow from the id, so that a retry asks for the same reservation', () => {
    const id = idOf(noon);
    const first = deadlinesOf(id, noon);
    expect(first).toEqual({ paymentDeadline: minutesAfter(30), reservedUntil: minutesAfter(35) });
    expect(deadlinesOf(id, minutesAfter(3))).toEqual(first);
  });

  test('are undefined for an attempt that began too long ago', () => {
    expect(deadlinesOf(idOf(noon), minutesAfter(25))).toBeDefined();
    expect(deadlinesOf(idOf(noon), new Date(minutesAfter(25).getTime() + 1))).toBeUndefined();
  });
});

describe('placing an order', () => {
  test('creates a pending order at the reserved prices, and its event', () => {
    const { order, event } = placed(
      aReservedLine({ quantity: 3 }),
      aReservedLine({ productId: chair, name: 'Chair', unitPriceCents: 250 }),
    );
    expect(order).toMatchObject({
      status: 'pending',
      total: { amountCents: 3250, currency: 'EUR' },
      version: 1,
    });
    expect(toEnvelope(event, { correlationId: 'test' })).toMatchObject({
      type: 'ORDER_CREATED',
      aggregateId: order.id,
      sequence: 1,
      data: {
        orderNumber: order.number,
        totalCents: 3250,
        lines: order.lines,
        paymentMethod: 'pm_card_visa',
        paymentDeadline: '2026-11-21T12:30:00.000Z',
      },
    });
  });

  test('refuses two currencies', () => {
    const refusal = refusalOf(aReservedLine(), aReservedLine({ productId: chair, currency: 'USD' }));
    expect(refusal).toMatchObject({ code: 'MIXED_CURRENCIES', subjects: [{ kind: 'lines' }] });
  });

  test('refuses a total above the maximum, and accepts the maximum', () => {
    expect(placed(aReservedLine({ unitPriceCents: 99_999_999 })).order.total.amountCents).toBe(99_999_999);
    const beyond = [
      aReservedLine({ unitPriceCents: 99_999_999 }),
      aReservedLine({ productId: chair, unitPriceCents: 1 }),
    ];
    expect(refusalOf(...beyond).code).toBe('ORDER_TOO_LARGE');
  });

  test.each([
    ['EUR', 50],
    ['USD', 50],
    ['GBP', 30],
    ['CHF', 50],
  ] as const)('in %s refuses a total below %d cents, and accepts that total', (currency, least) => {
    const line = (unitPriceCents: number) => aReservedLine({ unitPriceCents, currency });
    expect(placed(line(least)).order.total.amountCents).toBe(least);
    expect(refusalOf(line(least - 1)).code).toBe('ORDER_TOO_SMALL');
    expect(refusalOf(line(0)).message).toContain(`less than 0.${least} ${currency}`);
  });
});

describe('an order number', () => {
  test('can be read aloud', () => {
    expect(orderNumberOf(newId(), noon)).toMatch(/^261121(-[0-9A-HJKMNP-TV-Z]{3}){3}$/);
  });

  test('is the same for the same order, and different for others', () => {
    const id = newId();
    expect(orderNumberOf(id, noon)).toBe(orderNumberOf(id, noon));
    const numbers = Array.from({ length: 10_000 }, () => orderNumberOf(newId(), noon));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
