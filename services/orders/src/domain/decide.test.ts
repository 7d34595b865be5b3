import fc from 'fast-check';
import { toEnvelope } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import {
  aCancelledOrder,
  anOrderIn,
  aPaidOrder,
  aPendingOrder,
  aShippedOrder,
  minutesAfter,
} from '../../testing/builders.ts';
import { type Command, type Decision, decide } from './decide.ts';
import { OrderNotCancellable, OrderNotCompletable, OrderNotShippable } from './errors.ts';
import { type Order, type OrderStatus, orderStatuses } from './order.ts';

const at = minutesAfter(45);
const commands = {
  'record-capture': { kind: 'record-capture', paymentId: newId(), at },
  'record-decline': { kind: 'record-decline', at },
  cancel: { kind: 'cancel', reason: 'customer-request', at },
  expire: { kind: 'expire', at },
  'lose-stock': { kind: 'lose-stock', at },
  ship: { kind: 'ship', carrier: 'DHL', trackingNumber: 'T2', at },
  complete: { kind: 'complete', at },
} satisfies { [Kind in Command['kind']]: Extract<Command, { kind: Kind }> };

const outcomeOf = (order: Order, command: Command): string => {
  try {
    const decision = decide(order, command);
    return decision.kind === 'changed' ? decision.order.status : 'unchanged';
  } catch (error) {
    return (error as Error).name;
  }
};

describe('every command in every state', () => {
  /** Columns: pending, paid, shipped, completed, cancelled. */
  const table: Record<Command['kind'], [string, string, string, string, string]> = {
    'record-capture': ['paid', 'unchanged', 'unchanged', 'unchanged', 'unchanged'],
    'record-decline': ['cancelled', 'unchanged', 'unchanged', 'unchanged', 'unchanged'],
    cancel: ['cancelled', 'cancelled', 'ORDER_NOT_CANCELLABLE', 'ORDER_NOT_CANCELLABLE', 'unchanged'],
    expire: ['cancelled', 'unchanged', 'unchanged', 'unchanged', 'unchanged'],
    'lose-stock': ['cancelled', 'cancelled', 'unchanged', 'unchanged', 'unchanged'],
    ship: [
      'ORDER_NOT_SHIPPABLE',
      'shipped',
      'ORDER_NOT_SHIPPABLE',
      'ORDER_NOT_SHIPPABLE',
      'ORDER_NOT_SHIPPABLE',
    ],
    complete: [
      'ORDER_NOT_COMPLETABLE',
      'ORDER_NOT_COMPLETABLE',
      'completed',
      'unchanged',
      'ORDER_NOT_COMPLETABLE',
    ],
  };
  const cells = Object.entries(table).flatMap(([kind, row]) =>
    row.map(
      (outcome, column) => [kind as Command['kind'], orderStatuses[column] as OrderStatus, outcome] as const,
    ),
  );
  test.each(cells)('%s of a %s order: %s', (kind, status, outcome) => {
    expect(outcomeOf(anOrderIn(status), commands[kind])).toBe(outcome);
  });
});

const changed = (decision: Decision) => {
  if (decision.kind !== 'changed') throw new Error('unchanged');
  return { ...decision, envelope: toEnvelope(decision.event, { correlationId: 'test' }) };
};

describe('an order', () => {
  test('that is paid says with what, and what was ordered', () => {
    const order = aPendingOrder();
    const { paymentId } = commands['record-capture'];
    const { order: paid, envelope } = changed(decide(order, commands['record-capture']));
    expect(paid).toEqual({ ...order, status: 'paid', paymentId, paidAt: at, version: 2 });
    expect(envelope).toMatchObject({
      type: 'ORDER_PAID',
      aggregateId: order.id,
      sequence: 2,
      data: { orderId: order.id, paymentId, totalCents: 4200, currency: 'EUR', lines: order.lines },
    });
  });

  test('cancelled after payment says so, and keeps with what it was paid', () => {
    const order = aPaidOrder();
    const { order: cancelled, envelope } = changed(decide(order, commands.cancel));
    const { paymentId, paidAt } = order;
    expect(cancelled).toMatchObject({ status: 'cancelled', payment: { paymentId, paidAt } });
    expect(cancelled).not.toHaveProperty('paymentId');
    expect(envelope).toMatchObject({ data: { reason: 'customer-request', wasPaid: true } });
  });

  test.each([
    ['record-decline', 'payment-failed'],
    ['expire', 'payment-overdue'],
    ['lose-stock', 'stock-lost'],
  ] as const)('cancelled by %s names %s as the reason', (kind, reason) => {
    const { envelope } = changed(decide(aPendingOrder(), commands[kind]));
    expect(envelope).toMatchObject({ type: 'ORDER_CANCELLED', data: { reason, wasPaid: false } });
  });

  test('does not expire a moment before its payment deadline, and does at it', () => {
    const order = aPendingOrder({ paymentDeadline: minutesAfter(30) });
    const early = new Date(minutesAfter(30).getTime() - 1);
    expect(decide(order, { kind: 'expire', at: early }).kind).toBe('unchanged');
    expect(decide(order, { kind: 'expire', at: minutesAfter(30) }).kind).toBe('changed');
  });

  test('shipped with the same parcel again is unchanged, with another is refused', () => {
    const order = aShippedOrder();
    const { carrier, trackingNumber } = order;
    expect(decide(order, { kind: 'ship', carrier, trackingNumber, at }).kind).toBe('unchanged');
    expect(() => decide(order, commands.ship)).toThrow(OrderNotShippable);
  });

  test('refusals say in which state the order is', () => {
    expect(() => decide(aShippedOrder(), commands.cancel)).toThrow('shipped');
    expect(() => decide(aCancelledOrder(), commands.ship)).toThrow('cancelled');
    expect(() => decide(aPendingOrder(), commands.complete)).toThrow(OrderNotCompletable);
    expect(() => decide(aShippedOrder(), commands.cancel)).toThrow(OrderNotCancellable);
  });
});

/** Every state that may follow a state. */
const next: Record<OrderStatus, OrderStatus[]> = {
  pending: ['paid', 'cancelled'],
  paid: ['shipped', 'cancelled'],
  shipped: ['completed'],
  completed: [],
  cancelled: [],
};

const anyMinute = fc.integer({ min: 0, max: 90 }).map(minutesAfter);
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('record-capture' as const), paymentId: fc.uuid(), at: anyMinute }),
  fc.record({
    kind: fc.constant('cancel' as const),
    reason: fc.constantFrom('customer-request' as const, 'staff-decision' as const),
    at: anyMinute,
  }),
  fc.record({
    kind: fc.constant('ship' as const),
    carrier: fc.constantFrom('DHL', 'UPS'),
    trackingNumber: fc.constantFrom('T1', 'T2'),
    at: anyMinute,
  }),
  fc.record({
    kind: fc.constantFrom(
      'record-decline' as const,
      'expire' as const,
      'lose-stock' as const,
      'complete' as const,
    ),
    at: anyMinute,
  }),
);

describe('whatever happens to an order, in whatever order and how often', () => {
  const live = (
    commandsGiven: Command[],
    visit: (before: Order, command: Command, decision: Decision) => void,
  ) => {
    let order: Order = aPendingOrder();
    for (const command of commandsGiven) {
      try {
        const decision = decide(order, command);
        visit(order, command, decision);
        order = decision.order;
      } catch (error) {
        if (!/^ORDER_NOT_/.test((error as Error).name)) throw error;
      }
    }
    return order;
  };

  test('it only goes along the drawn ways, one version and one event at a time', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 30 }), (given) => {
        live(given, (before, _, decision) => {
          if (decision.kind === 'unchanged') return expect(decision.order).toBe(before);
          expect(next[before.status]).toContain(decision.order.status);
          expect(decision.order.version).toBe(before.version + 1);
          expect(decision.event.sequence).toBe(decision.order.version);
          toEnvelope(decision.event, { correlationId: 'test' });
        });
      }),
    );
  });

  test('its identity, lines, price and address never change', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 30 }), (given) => {
        live(given, (before, _, { order }) => {
          const { id, number, userId, lines, total, shippingAddress, placedAt, paymentDeadline } = before;
          expect(order).toMatchObject({
            id,
            number,
            userId,
            lines,
            total,
            shippingAddress,
            placedAt,
            paymentDeadline,
          });
        });
      }),
    );
  });

  test('a command given twice changes it once at most', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 20 }), anyCommand, (given, last) => {
        const order = live([...given, last], () => {});
        expect([
          'unchanged',
          'ORDER_NOT_CANCELLABLE',
          'ORDER_NOT_SHIPPABLE',
          'ORDER_NOT_COMPLETABLE',
        ]).toContain(outcomeOf(order, last));
      }),
    );
  });

  test('cancelled and completed are ends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('cancelled' as const, 'completed' as const),
        anyCommand,
        (status, command) => {
          expect(orderStatuses).not.toContain(outcomeOf(anOrderIn(status), command));
        },
      ),
    );
  });
});
