import fc from 'fast-check';
import type { ReservedLine } from '#shared/contracts/stock.ts';
import { InvalidRequest } from '#shared/errors.ts';
import { toEnvelope } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { anAddress, minutesAfter, noon } from '../../testing/builders.ts';
import { MixedCurrencies, OrderAttemptExpired, OrderTooLarge, OrderTooSmall } from './errors.ts';
import { orderNumberOf } from './order-number.ts';
import { deadlinesOf, mergeLines, place } from './place.ts';

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
  place({
    orderId: newId(),
    userId: newId(),
    lines,
    shippingAddress: anAddress,
    paymentMethod: 'pm_card_visa',
    paymentDeadline: minutesAfter(30),
    at: noon,
  });
/** An id that was made at a given moment. */
const idOf = (at: Date) => {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-0123456789ab`;
};

describe('lines', () => {
  test('of one product are put together, at the place of the first', () => {
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

  test('that make more than a thousand of one product together are refused by name', () => {
    const lines = [
      { productId: lamp, quantity: 600 },
      { productId: lamp, quantity: 401 },
    ];
    const refusal = (() => {
      try {
        return mergeLines(lines);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(InvalidRequest);
    expect(refusal).toMatchObject({ subjects: [{ kind: 'line', index: 1, part: 'quantity' }] });
  });

  test('lose no piece when they are put together', () => {
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
  test('follow from the id, so that a retry asks for the same hold', () => {
    const id = idOf(noon);
    const first = deadlinesOf(id, noon);
    expect(first).toEqual({ paymentDeadline: minutesAfter(30), reservedUntil: minutesAfter(35) });
    expect(deadlinesOf(id, minutesAfter(3))).toEqual(first);
  });

  test('of an attempt that began too long ago are refused', () => {
    expect(() => deadlinesOf(idOf(noon), minutesAfter(26))).toThrow(OrderAttemptExpired);
  });
});

describe('placing', () => {
  test('makes a pending order at the prices that were held, and its event', () => {
    const { order, event } = placing(
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
    expect(() => placing(aReservedLine(), aReservedLine({ productId: chair, currency: 'USD' }))).toThrow(
      MixedCurrencies,
    );
  });

  test('refuses a total beyond one payment, and takes one at the bound', () => {
    expect(placing(aReservedLine({ unitPriceCents: 99_999_999 })).order.total.amountCents).toBe(99_999_999);
    const beyond = [
      aReservedLine({ unitPriceCents: 99_999_999 }),
      aReservedLine({ productId: chair, unitPriceCents: 1 }),
    ];
    expect(() => placing(...beyond)).toThrow(OrderTooLarge);
  });

  test.each([
    ['EUR', 50],
    ['USD', 50],
    ['GBP', 30],
    ['CHF', 50],
  ] as const)('in %s refuses a total of less than %d, and takes one at the bound', (currency, least) => {
    const total = (unitPriceCents: number) =>
      placing(aReservedLine({ unitPriceCents, currency })).order.total;
    expect(total(least).amountCents).toBe(least);
    expect(() => total(least - 1)).toThrow(OrderTooSmall);
    expect(() => total(0)).toThrow(OrderTooSmall);
    expect(() => total(0)).toThrow(`less than 0.${least} ${currency}`);
  });
});

describe('an order number', () => {
  test('can be read out', () => {
    expect(orderNumberOf(newId(), noon)).toMatch(/^261121(-[0-9A-HJKMNP-TV-Z]{3}){3}$/);
  });

  test('is the same for the same order, and another for another', () => {
    const id = newId();
    expect(orderNumberOf(id, noon)).toBe(orderNumberOf(id, noon));
    const numbers = Array.from({ length: 10_000 }, () => orderNumberOf(newId(), noon));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
