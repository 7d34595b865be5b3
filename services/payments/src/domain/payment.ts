import type { Money } from '#shared/money.ts';

/** One try to charge one means of payment; its id is the provider's idempotency key. */
export type Attempt = {
  id: string;
  /** The provider's token. */
  paymentMethod: string;
  /** No charge is started after it. */
  deadline: Date;
  /** The provider's intent, once it was made: kept before it is confirmed, so that no retry makes a second. */
  intentId?: string;
};

type Known = {
  id: string;
  orderId: string;
  userId: string;
  amount: Money;
  /** Counts the changes from 1. */
  version: number;
  /** Counts the announced events; the next one is one more. */
  sequence: number;
};

/**
 * The payment of one order in one of its states:
 *
 *     due ──▶ action-required ──▶ captured ──▶ refund-due ──▶ refunded
 *      │  ╲         │    ╲           ▲             ▲
 *      │   ╲        │     ╲          │ (confirmed late, by the customer or after a time-out)
 *      │    ▼       ▼      ▼         │             │
 *      │    declined ──────┼─────────┘             │
 *      ▼        ▼          ▼                       │
 *      └────▶ cancelled ───────────────────────────┘
 *
 * `cancelled` means that the order is, and nothing was taken; money that arrives all the same is due back.
 */
export type Payment =
  | DuePayment
  | ActionRequiredPayment
  | DeclinedPayment
  | CapturedPayment
  | CancelledPayment
  | RefundDuePayment
  | RefundedPayment;
export type DuePayment = Known & { status: 'due'; attempt: Attempt };
export type ActionRequiredPayment = Known & { status: 'action-required'; attempt: Attempt };
export type DeclinedPayment = Known & { status: 'declined'; attempt: Attempt; declineCode: string };
export type CapturedPayment = Known & { status: 'captured'; attempt: Attempt; capturedAt: Date };
/** Without an attempt if the cancellation came before the order itself. */
export type CancelledPayment = Known & { status: 'cancelled'; attempt?: Attempt };
export type RefundDuePayment = Known & { status: 'refund-due'; attempt: Attempt; capturedAt: Date };
export type RefundedPayment = Known & {
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

/** What the provider says of a charge. */
export type Observation =
  /** The intent is made, and nothing was tried yet. */
  | { kind: 'unconfirmed' }
  /** The provider is at it; its webhook tells the end. */
  | { kind: 'pending' }
  | { kind: 'requires-action' }
  | { kind: 'declined'; declineCode: string }
  | { kind: 'captured' }
  | { kind: 'cancelled' };

/** What the provider answered, as it is kept for good; `reference` is the provider's id of it. */
export type TransactionRecord = {
  id: string;
  kind: 'capture' | 'decline' | 'action' | 'refund';
  reference: string;
  declineCode?: string;
  at: Date;
};
