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
import { decideOrder, type OrderCommand, type OrderDecision } from './decide.ts';
import { OrderNotCancellable, OrderNotCompletable, OrderNotShippable } from './errors.ts';
import { type Order, type OrderStatus, orderStatuses } from './order.ts';

const meta = { at: minutesAfter(45), eventId: newId() };
const commands = {
  'record-capture': { kind: 'record-capture', paymentId: newId(), ...meta },
  'record-decline': { kind: 'record-decline', ...meta },
  cancel: { kind: 'cancel', reason: 'customer-request', ...meta },
  expire: { kind: 'expire', ...meta },
  'lose-reservation': { kind: 'lose-reservation', ...meta },
  ship: { kind: 'ship', carrier: 'DHL', trackingNumber: 'T2', ...meta },
  complete: { kind: 'complete', ...meta },
} satisfies { [Kind in OrderCommand['kind']]: Extract<OrderCommand, { kind: Kind }> };

const outcomeOf = (order: Order, command: OrderCommand): string => {
  const decision = decideOrder(order, command);
  switch (decision.kind) {
    case 'changed':
      return decision.state.status;
    case 'unchanged':
      return 'unchanged';
    case 'refused':
      return decision.refusal.code;
  }
};

describe('every command in every state', () => {
  /** Columns: pending, paid, shipped, completed, cancelled. */
  const table: Record<OrderCommand['kind'], [string, string, string, string, string]> = {
    'record-capture': ['paid', 'unchanged', 'unchanged', 'unchanged', 'unchanged'],
    'record-decline': ['cancelled', 'unchanged', 'unchanged', 'unchanged', 'unchanged'],
    cancel: ['cancelled', 'cancelled', 'ORDER_NOT_CANCELLABLE', 'ORDER_NOT_CANCELLABLE', 'unchanged'],
    expire: ['cancelled', 'unchanged', 'unchanged', 'unchanged', 'unchanged'],
    'lose-reservation': ['cancelled', 'cancelled', 'unchanged', 'unchanged', 'unchanged'],
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
      (outcome, column) =>
        [kind as OrderCommand['kind'], orderStatuses[column] as OrderStatus, outcome] as const,
    ),
  );
  test.each(cells)('%s of a %s order: %s', (kind, status, outcome) => {
    expect(outcomeOf(anOrderIn(status), commands[kind])).toBe(outcome);
  });
});

const changed = (decision: OrderDecision) => {
  if (decision.kind !== 'changed') throw new Error(decision.kind);
  const [event] = decision.events;
  if (event === undefined) throw new Error('no event');
  return { order: decision.state, event, envelope: toEnvelope(event, { correlationId: 'test' }) };
};
const refusalOf = (decision: OrderDecision) => {
  if (decision.kind !== 'refused') throw new Error(decision.kind);
  return decision.refusal;
};

describe('an order', () => {
  test('that is paid announces the payment and its lines', () => {
    const order = aPendingOrder();
    const { paymentId } = commands['record-capture'];
    const { order: paid, envelope } = changed(decideOrder(order, commands['record-capture']));
    expect(paid).toEqual({ ...order, status: 'paid', paymentId, paidAt: meta.at, version: 2 });
    expect(envelope).toMatchObject({
      type: 'ORDER_PAID',
      aggregateId: order.id,
      sequence: 2,
      data: { orderId: order.id, paymentId, totalCents: 4200, currency: 'EUR', lines: order.lines },
    });
  });

  test('cancelled after payment announces that and keeps its payment', () => {
    const order = aPaidOrder();
    const { order: cancelled, envelope } = changed(decideOrder(order, commands.cancel));
    const { paymentId, paidAt } = order;
    expect(cancelled).toMatchObject({ status: 'cancelled', payment: { paymentId, paidAt } });
    expect(cancelled).not.toHaveProperty('paymentId');
    expect(envelope).toMatchObject({ data: { reason: 'customer-request', wasPaid: true } });
  });

  test.each([
    ['record-decline', 'payment-failed'],
    ['expire', 'payment-overdue'],
    ['lose-reservation', 'stock-lost'],
  ] as const)('cancelled by %s names %s as the reason', (kind, reason) => {
    const { envelope } = changed(decideOrder(aPendingOrder(), commands[kind]));
    expect(envelope).toMatchObject({ type: 'ORDER_CANCELLED', data: { reason, wasPaid: false } });
  });

  test('does not expire just before its payment deadline, and does at it', () => {
    const order = aPendingOrder({ paymentDeadline: minutesAfter(30) });
    const early = new Date(minutesAfter(30).getTime() - 1);
    expect(decideOrder(order, { kind: 'expire', at: early, eventId: newId() }).kind).toBe('unchanged');
    expect(decideOrder(order, { kind: 'expire', at: minutesAfter(30), eventId: newId() }).kind).toBe(
      'changed',
    );
  });

  test('shipped again with the same parcel is unchanged, with another parcel refused', () => {
    const order = aShippedOrder();
    const { carrier, trackingNumber } = order;
    expect(decideOrder(order, { kind: 'ship', carrier, trackingNumber, ...meta }).kind).toBe('unchanged');
    expect(refusalOf(decideOrder(order, commands.ship))).toBeInstanceOf(OrderNotShippable);
  });

  test('names its state in a refusal', () => {
    const refusals = [
      refusalOf(decideOrder(aShippedOrder(), commands.cancel)),
      refusalOf(decideOrder(aCancelledOrder(), commands.ship)),
      refusalOf(decideOrder(aPendingOrder(), commands.complete)),
    ];
    expect(refusals.map(({ code, message }) => [code, message])).toEqual([
      [OrderNotCancellable.kind.code, expect.stringContaining('shipped')],
      [OrderNotShippable.kind.code, expect.stringContaining('cancelled')],
      [OrderNotCompletable.kind.code, expect.stringContaining('pending')],
    ]);
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
const anyCommand: fc.Arbitrary<OrderCommand> = fc.oneof(
  fc.record({
    kind: fc.constant('record-capture' as const),
    paymentId: fc.uuid(),
    at: anyMinute,
    eventId: fc.uuid(),
  }),
  fc.record({
    kind: fc.constant('cancel' as const),
    reason: fc.constantFrom('customer-request' as const, 'staff-decision' as const),
    at: anyMinute,
    eventId: fc.uuid(),
  }),
  fc.record({
    kind: fc.constant('ship' as const),
    carrier: fc.constantFrom('DHL', 'UPS'),
    trackingNumber: fc.constantFrom('T1', 'T2'),
    at: anyMinute,
    eventId: fc.uuid(),
  }),
  fc.record({
    kind: fc.constantFrom(
      'record-decline' as const,
      'expire' as const,
      'lose-reservation' as const,
      'complete' as const,
    ),
    at: anyMinute,
    eventId: fc.uuid(),
  }),
);

describe('any sequence of commands to an order', () => {
  const live = (
    commandsGiven: OrderCommand[],
    visit: (before: Order, command: OrderCommand, decision: OrderDecision) => void,
  ) => {
    let order: Order = aPendingOrder();
    for (const command of commandsGiven) {
      const decision = decideOrder(order, command);
      visit(order, command, decision);
      if (decision.kind !== 'refused') order = decision.state;
    }
    return order;
  };

  test('follows the state diagram, one version and one event at a time', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 30 }), (given) => {
        live(given, (before, _, decision) => {
          if (decision.kind === 'refused') return expect(decision.refusal.code).toMatch(/^ORDER_NOT_/);
          if (decision.kind === 'unchanged') return expect(decision.state).toBe(before);
          const { order, event } = changed(decision);
          expect(next[before.status]).toContain(order.status);
          expect(order.version).toBe(before.version + 1);
          expect(event.sequence).toBe(order.version);
        });
      }),
    );
  });

  test('never changes its identity, lines, price and address', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 30 }), (given) => {
        live(given, (before, _, decision) => {
          if (decision.kind === 'refused') return;
          const { id, number, userId, lines, total, shippingAddress, placedAt, paymentDeadline } = before;
          expect(decision.state).toMatchObject({
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

  test('changes it at most once per repeated command', () => {
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

  test('never leaves cancelled or completed', () => {
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
