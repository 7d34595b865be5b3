import type * as z from 'zod';
import type { NewEvent } from '#shared/events/event.ts';
import { TransactionProcessed } from '#shared/events/payments.ts';
import { newId } from '#shared/ids.ts';
import type { Attempt, Observation, Payment, TransactionRecord } from './payment.ts';

/** What has happened to a payment, at the provider or to its order. */
export type Happening =
  | { kind: 'observed'; observation: Observation; at: Date }
  | { kind: 'order-cancelled' }
  /** The provider took the refund, under its id for it. */
  | { kind: 'refunded'; refundId: string; at: Date };

/** What follows: the payment as it is from now on, with what to keep and to announce; or nothing. */
export type Decision =
  | { kind: 'changed'; payment: Payment; transaction?: TransactionRecord; event?: NewEvent }
  | { kind: 'unchanged'; payment: Payment };

/**
 * Decides every pair of happening and state. Nothing is refused: it has happened. What is old or known already
 * changes nothing, so that messages and webhooks may come twice, late, and in any order.
 */
export function decide(payment: Payment, happening: Happening): Decision {
  switch (happening.kind) {
    case 'observed':
      return observed(payment, happening.observation, happening.at);
    case 'order-cancelled':
      return orderCancelled(payment);
    case 'refunded':
      return refunded(payment, happening.refundId, happening.at);
  }
}

function observed(payment: Payment, observation: Observation, at: Date): Decision {
  switch (observation.kind) {
    case 'unconfirmed':
    case 'pending':
      return unchanged(payment);
    case 'requires-action':
      return actionRequired(payment, at);
    case 'declined':
      return declined(payment, observation.declineCode, at);
    // Somebody cancelled the intent at the provider: no money will come.
    case 'cancelled':
      return declined(payment, 'intent_canceled', at);
    case 'captured':
      return captured(payment, at);
  }
}

const unchanged = (payment: Payment): Decision => ({ kind: 'unchanged', payment });

function actionRequired(payment: Payment, at: Date): Decision {
  switch (payment.status) {
    case 'due': {
      const next: Payment = { ...payment, ...counted(payment), status: 'action-required' };
      return {
        kind: 'changed',
        payment: next,
        transaction: record('action', payment.attempt, at),
        event: announce(next, 'requires-action', at),
      };
    }
    case 'action-required':
    case 'declined':
    case 'captured':
    case 'cancelled':
    case 'refund-due':
    case 'refunded':
      return unchanged(payment);
  }
}

function declined(payment: Payment, declineCode: string, at: Date): Decision {
  switch (payment.status) {
    case 'due':
    case 'action-required': {
      const next: Payment = { ...payment, ...counted(payment), status: 'declined', declineCode };
      return {
        kind: 'changed',
        payment: next,
        transaction: { ...record('decline', payment.attempt, at), declineCode },
        event: announce(next, 'declined', at, { declineCode }),
      };
    }
    case 'declined':
    case 'captured':
    case 'cancelled':
    case 'refund-due':
    case 'refunded':
      return unchanged(payment);
  }
}

function captured(payment: Payment, at: Date): Decision {
  switch (payment.status) {
    case 'due':
    case 'action-required':
    case 'declined':
      return capture(payment, { status: 'captured', attempt: payment.attempt }, at);
    // The order is cancelled already: what came in is due back.
    case 'cancelled':
      return payment.attempt === undefined
        ? unchanged(payment)
        : capture(payment, { status: 'refund-due', attempt: payment.attempt }, at);
    case 'captured':
    case 'refund-due':
    case 'refunded':
      return unchanged(payment);
  }
}

function capture(
  payment: Payment,
  into: { status: 'captured' | 'refund-due'; attempt: Attempt },
  at: Date,
): Decision {
  const { id, orderId, userId, amount } = payment;
  const next: Payment = { id, orderId, userId, amount, ...counted(payment), ...into, capturedAt: at };
  return {
    kind: 'changed',
    payment: next,
    transaction: record('capture', into.attempt, at),
    event: announce(next, 'captured', at),
  };
}

function orderCancelled(payment: Payment): Decision {
  const version = payment.version + 1;
  switch (payment.status) {
    case 'due':
    case 'action-required':
    case 'declined':
      return { kind: 'changed', payment: { ...payment, status: 'cancelled', version } };
    case 'captured':
      return { kind: 'changed', payment: { ...payment, status: 'refund-due', version } };
    case 'cancelled':
    case 'refund-due':
    case 'refunded':
      return unchanged(payment);
  }
}

function refunded(payment: Payment, refundId: string, at: Date): Decision {
  switch (payment.status) {
    case 'refund-due': {
      const next: Payment = { ...payment, ...counted(payment), status: 'refunded', refundedAt: at };
      return {
        kind: 'changed',
        payment: next,
        transaction: { ...record('refund', payment.attempt, at), reference: refundId },
        event: announce(next, 'refunded', at),
      };
    }
    case 'due':
    case 'action-required':
    case 'declined':
    case 'captured':
    case 'cancelled':
    case 'refunded':
      return unchanged(payment);
  }
}

const counted = ({ version, sequence }: Payment) => ({ version: version + 1, sequence: sequence + 1 });

const record = (kind: TransactionRecord['kind'], attempt: Attempt, at: Date): TransactionRecord => ({
  id: newId(),
  kind,
  // A payment method that the provider does not know is declined before there is an intent.
  reference: attempt.intentId ?? attempt.id,
  at,
});

type Processed = z.input<typeof TransactionProcessed.data>;

const announce = (
  payment: Payment,
  outcome: Processed['outcome'],
  time: Date,
  more: Pick<Processed, 'declineCode'> = {},
): NewEvent<typeof TransactionProcessed> => ({
  definition: TransactionProcessed,
  id: newId(),
  aggregateId: payment.id,
  sequence: payment.sequence,
  time,
  data: {
    paymentId: payment.id,
    orderId: payment.orderId,
    userId: payment.userId,
    outcome,
    amountCents: payment.amount.amountCents,
    currency: payment.amount.currency,
    ...more,
  },
});
