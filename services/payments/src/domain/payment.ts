import type { Money } from '#shared/money.ts';

/** One attempt to charge a payment method; its id is the provider's idempotency key. */
export type Attempt = {
  id: string;
  /** The provider's token. */
  paymentMethod: string;
  /** No charge is started after it. */
  deadline: Date;
  /** The provider's intent, stored before it is confirmed, so that no retry creates a second. */
  intentId?: string;
};

type PaymentBase = {
  id: string;
  orderId: string;
  userId: string;
  amount: Money;
  /** Counts the changes from 1. */
  version: number;
  /** The number of events so far. */
  sequence: number;
};

/**
 * The payment of one order in one of its states:
 *
 *     due ──▶ action-required ──▶ captured ──▶ refund-due ──▶ refunded
 *      │  ╲         │    ╲           ▲             ▲
 *      │   ╲        │     ╲          │ (confirmed late: by the customer, or after a timeout)
 *      │    ▼       ▼      ▼         │             │
 *      │    declined ──────┼─────────┘             │
 *      ▼        ▼          ▼                       │
 *      └────▶ cancelled ───────────────────────────┘
 *
 * `cancelled` means that the order is cancelled and nothing was captured; money that arrives anyway must be refunded.
 */
export type Payment =
  | DuePayment
  | ActionRequiredPayment
  | DeclinedPayment
  | CapturedPayment
  | CancelledPayment
  | RefundDuePayment
  | RefundedPayment;
export type DuePayment = PaymentBase & { status: 'due'; attempt: Attempt };
export type ActionRequiredPayment = PaymentBase & { status: 'action-required'; attempt: Attempt };
export type DeclinedPayment = PaymentBase & { status: 'declined'; attempt: Attempt; declineCode: string };
export type CapturedPayment = PaymentBase & { status: 'captured'; attempt: Attempt; capturedAt: Date };
/** Without an attempt if the cancellation came before the order itself. */
export type CancelledPayment = PaymentBase & { status: 'cancelled'; attempt?: Attempt };
export type RefundDuePayment = PaymentBase & { status: 'refund-due'; attempt: Attempt; capturedAt: Date };
export type RefundedPayment = PaymentBase & {
  status: 'refunded';
  attempt: Attempt;
  capturedAt: Date;
  refundedAt: Date;
};

/** The states' names, as they are stored and shown. */
export const paymentStatuses = [
  'due',
  'action-required',
  'declined',
  'captured',
  'cancelled',
  'refund-due',
  'refunded',
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** The state of a charge at the provider. */
export type Observation =
  /** The intent exists and is not confirmed. */
  | { kind: 'unconfirmed' }
  /** The provider is processing it; a webhook reports the result. */
  | { kind: 'pending' }
  | { kind: 'requires-action' }
  | { kind: 'declined'; declineCode: string }
  | { kind: 'captured' }
  | { kind: 'cancelled' };

/** A transaction at the provider, stored permanently; `reference` is the provider's id. */
export type TransactionRecord = {
  id: string;
  kind: 'capture' | 'decline' | 'action' | 'refund';
  reference: string;
  declineCode?: string;
  at: Date;
};
