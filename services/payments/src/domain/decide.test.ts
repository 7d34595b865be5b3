import fc from 'fast-check';
import { toEnvelope } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import {
  aCancelledPayment,
  aCapturedPayment,
  aDuePayment,
  aPaymentIn,
  aRefundDuePayment,
  noon,
} from '../../testing/builders.ts';
import { decidePayment, type PaymentCommand, type PaymentDecision } from './decide.ts';
import { type Payment, type PaymentStatus, paymentStatuses } from './payment.ts';
import { isAlreadyRecorded } from './webhook.ts';

const meta = { at: noon, eventId: newId(), transactionId: newId() };
type Observe = Extract<PaymentCommand, { kind: 'record-observation' }>;
const observed = (observation: Observe['observation']): Observe => ({
  kind: 'record-observation',
  observation,
  ...meta,
});
const commands = {
  'record-intent': { kind: 'record-intent', intentId: 'pi_2' },
  unconfirmed: observed({ kind: 'unconfirmed' }),
  pending: observed({ kind: 'pending' }),
  'requires-action': observed({ kind: 'requires-action' }),
  declined: observed({ kind: 'declined', declineCode: 'lost_card' }),
  captured: observed({ kind: 'captured' }),
  'cancelled at the provider': observed({ kind: 'cancelled' }),
  cancel: { kind: 'cancel' },
  refunded: { kind: 'record-refund', refundId: 're_1', ...meta },
} satisfies Record<string, PaymentCommand>;

const outcomeOf = (payment: Payment, command: PaymentCommand) => {
  const decision = decidePayment(payment, command);
  return decision.kind === 'changed' ? decision.state.status : '–';
};

describe('every command in every state', () => {
  /** Columns: due, action-required, declined, captured, cancelled, refund-due, refunded. */
  const table: Record<keyof typeof commands, string[]> = {
    'record-intent': ['–', '–', '–', '–', '–', '–', '–'],
    unconfirmed: ['–', '–', '–', '–', '–', '–', '–'],
    pending: ['–', '–', '–', '–', '–', '–', '–'],
    'requires-action': ['action-required', '–', '–', '–', '–', '–', '–'],
    declined: ['declined', 'declined', '–', '–', '–', '–', '–'],
    captured: ['captured', 'captured', 'captured', '–', 'refund-due', '–', '–'],
    'cancelled at the provider': ['declined', 'declined', '–', '–', '–', '–', '–'],
    cancel: ['cancelled', 'cancelled', 'cancelled', 'refund-due', '–', '–', '–'],
    refunded: ['–', '–', '–', '–', '–', 'refunded', '–'],
  };
  const cells = Object.entries(table).flatMap(([name, row]) =>
    row.map(
      (outcome, column) =>
        [name as keyof typeof commands, paymentStatuses[column] as PaymentStatus, outcome] as const,
    ),
  );
  test.each(cells)('%s, of a payment that is %s: %s', (name, status, outcome) => {
    expect(outcomeOf(aPaymentIn(status), commands[name])).toBe(outcome);
  });
});

const changed = (decision: PaymentDecision) => {
  if (decision.kind !== 'changed') throw new Error(decision.kind);
  const { state: payment, transaction, events } = decision;
  return { payment, transaction, event: events[0] };
};

describe('a payment', () => {
  test('that is captured records and announces the transaction', () => {
    const payment = aDuePayment();
    const { transaction, event } = changed(decidePayment(payment, commands.captured));
    expect(transaction).toMatchObject({
      kind: 'capture',
      reference: 'pi_1',
      at: meta.at,
      id: meta.transactionId,
    });
    expect(toEnvelope(event!, { correlationId: 'test' })).toMatchObject({
      type: 'TRANSACTION_PROCESSED',
      aggregateId: payment.id,
      sequence: 1,
      data: { orderId: payment.orderId, outcome: 'captured', amountCents: 4200, currency: 'EUR' },
    });
  });

  test('that is declined announces the code of the provider', () => {
    const { transaction, event } = changed(decidePayment(aDuePayment(), commands.declined));
    expect(transaction).toMatchObject({ kind: 'decline', declineCode: 'lost_card' });
    expect(event).toMatchObject({ data: { outcome: 'declined', declineCode: 'lost_card' } });
  });

  test('stores the first intent of its attempt, and no other', () => {
    const payment = aDuePayment();
    const { intentId: _, ...attempt } = payment.attempt;
    const recorded = changed(decidePayment({ ...payment, attempt }, commands['record-intent']));
    expect(recorded.payment).toMatchObject({ attempt: { intentId: 'pi_2' }, version: payment.version + 1 });
    expect(decidePayment(recorded.payment, { kind: 'record-intent', intentId: 'pi_3' })).toEqual({
      kind: 'unchanged',
      state: recorded.payment,
    });
  });

  test('declined before there was an intent refers to the attempt', () => {
    const payment = aDuePayment();
    const { intentId: _, ...attempt } = payment.attempt;
    const { transaction } = changed(decidePayment({ ...payment, attempt }, commands.declined));
    expect(transaction).toMatchObject({ reference: attempt.id });
  });

  test('captured after its order was cancelled must be refunded', () => {
    const { payment, transaction } = changed(decidePayment(aCancelledPayment(), commands.captured));
    expect([payment.status, transaction?.kind]).toEqual(['refund-due', 'capture']);
  });

  test('of a cancelled order announces nothing until it is refunded', () => {
    expect(changed(decidePayment(aCapturedPayment(), commands.cancel)).event).toBeUndefined();
    const { transaction, event } = changed(decidePayment(aRefundDuePayment(), commands.refunded));
    expect(transaction).toMatchObject({ kind: 'refund', reference: 're_1' });
    expect(event).toMatchObject({ sequence: 2, data: { outcome: 'refunded' } });
  });
});

describe('any sequence of commands to a payment', () => {
  const anything = fc.array(fc.constantFrom(...Object.values(commands)), { maxLength: 30 });
  const live = (
    given: PaymentCommand[],
    visit: (before: Payment, decision: PaymentDecision) => void,
    start: Payment = aDuePayment(),
  ) => {
    let payment = start;
    for (const command of given) {
      const decision = decidePayment(payment, command);
      visit(payment, decision);
      if (decision.kind !== 'refused') payment = decision.state;
    }
    return payment;
  };

  test('captures at most once, and refunds at most once and only after the capture', () => {
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

  test('refunds all money that was captured for a cancelled order', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const payment = live([...given, commands.cancel], () => {});
        expect(payment.status).not.toBe('captured');
        const late = live([commands.captured], () => {}, payment);
        expect(late.status).toMatch(/^refund/);
      }),
    );
  });

  test('each change is one version, and each event has the next number', () => {
    fc.assert(
      fc.property(anything, (given) => {
        live(given, (before, decision) => {
          if (decision.kind !== 'changed')
            return expect(decision).toEqual({ kind: 'unchanged', state: before });
          const { payment, event } = changed(decision);
          expect(payment.version).toBe(before.version + 1);
          expect(payment.sequence).toBe(before.sequence + (event ? 1 : 0));
          if (event) expect(event.sequence).toBe(payment.sequence);
        });
      }),
    );
  });
});

describe('a webhook', () => {
  test.each(paymentStatuses)(
    'about a payment that is %s counts as recorded only if it can change nothing',
    (status) => {
      const givenCommands = {
        'payment_intent.succeeded': commands.captured,
        'payment_intent.payment_failed': commands.declined,
        'payment_intent.requires_action': commands['requires-action'],
        'payment_intent.canceled': commands['cancelled at the provider'],
      };
      for (const [type, command] of Object.entries(givenCommands)) {
        const payment = aPaymentIn(status);
        const changes = outcomeOf(payment, command) !== '–';
        expect([type, isAlreadyRecorded(payment, type) && changes]).toEqual([type, false]);
      }
    },
  );

  test('about a payment with a due refund is never skipped', () => {
    expect(isAlreadyRecorded(aRefundDuePayment(), 'payment_intent.succeeded')).toBe(false);
  });
});
