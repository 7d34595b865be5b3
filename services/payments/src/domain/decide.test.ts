import fc from 'fast-check';
import { toEnvelope } from '#shared/events/event.ts';
import {
  aCancelledPayment,
  aCapturedPayment,
  aDuePayment,
  aPaymentIn,
  aRefundDuePayment,
  noon,
} from '../../testing/builders.ts';
import { type Decision, decide, type Happening } from './decide.ts';
import { isOldNews } from './notice.ts';
import { type Payment, type PaymentStatus, paymentStatuses } from './payment.ts';

const at = noon;
const observed = (observation: Extract<Happening, { kind: 'observed' }>['observation']): Happening => ({
  kind: 'observed',
  observation,
  at,
});
const happenings = {
  unconfirmed: observed({ kind: 'unconfirmed' }),
  pending: observed({ kind: 'pending' }),
  'requires-action': observed({ kind: 'requires-action' }),
  declined: observed({ kind: 'declined', declineCode: 'lost_card' }),
  captured: observed({ kind: 'captured' }),
  'cancelled at the provider': observed({ kind: 'cancelled' }),
  'order-cancelled': { kind: 'order-cancelled' },
  refunded: { kind: 'refunded', refundId: 're_1', at },
} satisfies Record<string, Happening>;

const outcomeOf = (payment: Payment, happening: Happening) => {
  const decision = decide(payment, happening);
  return decision.kind === 'changed' ? decision.payment.status : '–';
};

describe('everything that may happen to a payment in every state', () => {
  /** Columns: due, action-required, declined, captured, cancelled, refund-due, refunded. */
  const table: Record<keyof typeof happenings, string[]> = {
    unconfirmed: ['–', '–', '–', '–', '–', '–', '–'],
    pending: ['–', '–', '–', '–', '–', '–', '–'],
    'requires-action': ['action-required', '–', '–', '–', '–', '–', '–'],
    declined: ['declined', 'declined', '–', '–', '–', '–', '–'],
    captured: ['captured', 'captured', 'captured', '–', 'refund-due', '–', '–'],
    'cancelled at the provider': ['declined', 'declined', '–', '–', '–', '–', '–'],
    'order-cancelled': ['cancelled', 'cancelled', 'cancelled', 'refund-due', '–', '–', '–'],
    refunded: ['–', '–', '–', '–', '–', 'refunded', '–'],
  };
  const cells = Object.entries(table).flatMap(([name, row]) =>
    row.map(
      (outcome, column) =>
        [name as keyof typeof happenings, paymentStatuses[column] as PaymentStatus, outcome] as const,
    ),
  );
  test.each(cells)('%s, of a payment that is %s: %s', (name, status, outcome) => {
    expect(outcomeOf(aPaymentIn(status), happenings[name])).toBe(outcome);
  });
});

const changed = (decision: Decision) => {
  if (decision.kind !== 'changed') throw new Error('unchanged');
  return decision;
};

describe('a payment', () => {
  test('that is captured keeps the transaction and announces it', () => {
    const payment = aDuePayment();
    const { transaction, event } = changed(decide(payment, happenings.captured));
    expect(transaction).toMatchObject({ kind: 'capture', reference: 'pi_1', at });
    expect(toEnvelope(event!, { correlationId: 'test' })).toMatchObject({
      type: 'TRANSACTION_PROCESSED',
      aggregateId: payment.id,
      sequence: 1,
      data: { orderId: payment.orderId, outcome: 'captured', amountCents: 4200, currency: 'EUR' },
    });
  });

  test('that is declined says why, in the words of the provider', () => {
    const { transaction, event } = changed(decide(aDuePayment(), happenings.declined));
    expect(transaction).toMatchObject({ kind: 'decline', declineCode: 'lost_card' });
    expect(event).toMatchObject({ data: { outcome: 'declined', declineCode: 'lost_card' } });
  });

  test('declined before there was an intent refers to the attempt', () => {
    const payment = aDuePayment();
    const { intentId: _, ...attempt } = payment.attempt;
    const { transaction } = changed(decide({ ...payment, attempt }, happenings.declined));
    expect(transaction).toMatchObject({ reference: attempt.id });
  });

  test('captured after its order was cancelled is due back at once', () => {
    const { payment, transaction } = changed(decide(aCancelledPayment(), happenings.captured));
    expect([payment.status, transaction?.kind]).toEqual(['refund-due', 'capture']);
  });

  test('of a cancelled order announces nothing until the money is back', () => {
    expect(changed(decide(aCapturedPayment(), happenings['order-cancelled'])).event).toBeUndefined();
    const { transaction, event } = changed(decide(aRefundDuePayment(), happenings.refunded));
    expect(transaction).toMatchObject({ kind: 'refund', reference: 're_1' });
    expect(event).toMatchObject({ sequence: 2, data: { outcome: 'refunded' } });
  });
});

describe('whatever happens to a payment, in whatever order and how often', () => {
  const anything = fc.array(fc.constantFrom(...Object.values(happenings)), { maxLength: 30 });
  const live = (given: Happening[], visit: (before: Payment, decision: Decision) => void) => {
    let payment: Payment = aDuePayment();
    for (const happening of given) {
      const decision = decide(payment, happening);
      visit(payment, decision);
      payment = decision.payment;
    }
    return payment;
  };

  test('money is booked in once at most, and out once at most and never before', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const booked: string[] = [];
        live(given, (_, decision) => {
          if (decision.kind === 'changed' && decision.transaction) booked.push(decision.transaction.kind);
        });
        const moves = booked.filter((kind) => kind === 'capture' || kind === 'refund');
        expect([[], ['capture'], ['capture', 'refund']]).toContainEqual(moves);
      }),
    );
  });

  test('money that came in for a cancelled order never stays: it is due back, or back', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const payment = live([...given, happenings['order-cancelled']], () => {});
        expect(payment.status).not.toBe('captured');
        const late = decide(payment, happenings.captured).payment;
        expect(late.status).toMatch(/^refund/);
      }),
    );
  });

  test('each change is one version, and each event has the next number', () => {
    fc.assert(
      fc.property(anything, (given) => {
        live(given, (before, decision) => {
          if (decision.kind === 'unchanged') return expect(decision.payment).toBe(before);
          expect(decision.payment.version).toBe(before.version + 1);
          expect(decision.payment.sequence).toBe(before.sequence + (decision.event ? 1 : 0));
          if (decision.event) expect(decision.event.sequence).toBe(decision.payment.sequence);
        });
      }),
    );
  });
});

describe('a webhook', () => {
  test.each(paymentStatuses)(
    'about a payment that is %s is old news only if it could change nothing',
    (status) => {
      const told = {
        'payment_intent.succeeded': happenings.captured,
        'payment_intent.payment_failed': happenings.declined,
        'payment_intent.requires_action': happenings['requires-action'],
        'payment_intent.canceled': happenings['cancelled at the provider'],
      };
      for (const [type, happening] of Object.entries(told)) {
        const payment = aPaymentIn(status);
        const changes = outcomeOf(payment, happening) !== '–';
        expect([type, isOldNews(payment, type) && changes]).toEqual([type, false]);
      }
    },
  );

  test('about money that is due back is always a chance to give it back', () => {
    expect(isOldNews(aRefundDuePayment(), 'payment_intent.succeeded')).toBe(false);
  });
});
