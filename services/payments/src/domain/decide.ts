import type * as z from 'zod';
import { type CommandMeta, type Decider, type Decision, unchanged } from '#shared/decider.ts';
import type { NewEvent } from '#shared/events/event.ts';
import { TransactionProcessed } from '#shared/events/payments.ts';
import type { Attempt, Observation, Payment, TransactionRecord } from './payment.ts';

/** What a command to a payment carries: `transactionId` is the id of the transaction that it may record. */
export type PaymentMeta = CommandMeta & { transactionId: string };

/** A command to an existing payment: it records what the provider or the order has done. */
export type PaymentCommand =
  /** The provider created the attempt's intent. */
  | { kind: 'record-intent'; intentId: string }
  | ({ kind: 'record-observation'; observation: Observation } & PaymentMeta)
  /** The order is cancelled. */
  | { kind: 'cancel' }
  /** The provider accepted the refund under this id. */
  | ({ kind: 'record-refund'; refundId: string } & PaymentMeta);

/** What a change writes besides the payment: a transaction, or the attempt whose intent is now known. */
export type PaymentExtra = { transaction?: TransactionRecord; attempt?: Attempt };

/** The decision on a command to a payment. Nothing is refused: a command records what has already happened. */
export type PaymentDecision = Decision<Payment, never, PaymentExtra>;

/**
 * Decides every pair of state and command. What is old or already recorded changes nothing, so that messages and
 * webhooks may arrive twice, late, and in any order.
 */
export const decidePayment: Decider<Payment, PaymentCommand, never, PaymentExtra> = (payment, command) => {
  switch (command.kind) {
    case 'record-intent':
      return recordIntent(payment, command.intentId);
    case 'record-observation':
      return recordObservation(payment, command.observation, command);
    case 'cancel':
      return cancel(payment);
    case 'record-refund':
      return recordRefund(payment, command.refundId, command);
  }
};

function recordIntent(payment: Payment, intentId: string): PaymentDecision {
  if (payment.attempt === undefined || payment.attempt.intentId !== undefined) return unchanged(payment);
  const attempt = { ...payment.attempt, intentId };
  return {
    kind: 'changed',
    state: { ...payment, attempt, version: payment.version + 1 },
    events: [],
    attempt,
  };
}

function recordObservation(payment: Payment, observation: Observation, meta: PaymentMeta): PaymentDecision {
  switch (observation.kind) {
    case 'unconfirmed':
    case 'pending':
      return unchanged(payment);
    case 'requires-action':
      return recordAction(payment, meta);
    case 'declined':
      return recordDecline(payment, observation.declineCode, meta);
    // The intent was cancelled at the provider: no money will be captured.
    case 'cancelled':
      return recordDecline(payment, 'intent_canceled', meta);
    case 'captured':
      return recordCapture(payment, meta);
  }
}

function recordAction(payment: Payment, meta: PaymentMeta): PaymentDecision {
  switch (payment.status) {
    case 'due': {
      const state: Payment = { ...payment, ...counted(payment), status: 'action-required' };
      return {
        kind: 'changed',
        state,
        transaction: transactionOf('action', payment.attempt, meta),
        events: [processed(state, 'requires-action', meta)],
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

function recordDecline(payment: Payment, declineCode: string, meta: PaymentMeta): PaymentDecision {
  switch (payment.status) {
    case 'due':
    case 'action-required': {
      const state: Payment = { ...payment, ...counted(payment), status: 'declined', declineCode };
      return {
        kind: 'changed',
        state,
        transaction: { ...transactionOf('decline', payment.attempt, meta), declineCode },
        events: [processed(state, 'declined', meta, { declineCode })],
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

function recordCapture(payment: Payment, meta: PaymentMeta): PaymentDecision {
  switch (payment.status) {
    case 'due':
    case 'action-required':
    case 'declined':
      return capture(payment, { status: 'captured', attempt: payment.attempt }, meta);
    // The order is already cancelled: the money must be refunded.
    case 'cancelled':
      return payment.attempt === undefined
        ? unchanged(payment)
        : capture(payment, { status: 'refund-due', attempt: payment.attempt }, meta);
    case 'captured':
    case 'refund-due':
    case 'refunded':
      return unchanged(payment);
  }
}

function capture(
  payment: Payment,
  into: { status: 'captured' | 'refund-due'; attempt: Attempt },
  meta: PaymentMeta,
): PaymentDecision {
  const { id, orderId, userId, amount } = payment;
  const state: Payment = { id, orderId, userId, amount, ...counted(payment), ...into, capturedAt: meta.at };
  return {
    kind: 'changed',
    state,
    transaction: transactionOf('capture', into.attempt, meta),
    events: [processed(state, 'captured', meta)],
  };
}

function cancel(payment: Payment): PaymentDecision {
  const version = payment.version + 1;
  switch (payment.status) {
    case 'due':
    case 'action-required':
    case 'declined':
      return { kind: 'changed', state: { ...payment, status: 'cancelled', version }, events: [] };
    case 'captured':
      return { kind: 'changed', state: { ...payment, status: 'refund-due', version }, events: [] };
    case 'cancelled':
    case 'refund-due':
    case 'refunded':
      return unchanged(payment);
  }
}

function recordRefund(payment: Payment, refundId: string, meta: PaymentMeta): PaymentDecision {
  switch (payment.status) {
    case 'refund-due': {
      const state: Payment = { ...payment, ...counted(payment), status: 'refunded', refundedAt: meta.at };
      return {
        kind: 'changed',
        state,
        transaction: { ...transactionOf('refund', payment.attempt, meta), reference: refundId },
        events: [processed(state, 'refunded', meta)],
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

const transactionOf = (
  kind: TransactionRecord['kind'],
  attempt: Attempt,
  { transactionId, at }: PaymentMeta,
): TransactionRecord => ({
  id: transactionId,
  kind,
  // A payment method that the provider does not know is declined before there is an intent.
  reference: attempt.intentId ?? attempt.id,
  at,
});

type Processed = z.input<typeof TransactionProcessed.data>;

const processed = (
  payment: Payment,
  outcome: Processed['outcome'],
  { at, eventId }: PaymentMeta,
  more: Pick<Processed, 'declineCode'> = {},
): NewEvent<typeof TransactionProcessed> => ({
  definition: TransactionProcessed,
  id: eventId,
  aggregateId: payment.id,
  sequence: payment.sequence,
  time: at,
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
