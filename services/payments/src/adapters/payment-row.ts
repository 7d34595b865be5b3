import type { Currency } from '#shared/money.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Attempt, Payment, PaymentStatus } from '../domain/payment.ts';

/** A payment with its attempt, as {@link selectPayment} reads it. */
export type PaymentRow = {
  id: string;
  order_id: string;
  user_id: string;
  status: PaymentStatus;
  version: number;
  sequence: number;
  amount_cents: number;
  currency: Currency;
  decline_code: string | null;
  captured_at: Date | null;
  refunded_at: Date | null;
  attempt_id: string | null;
  payment_method: string | null;
  deadline: Date | null;
  intent_id: string | null;
};

/** A payment with its attempt. */
export const selectPayment = (condition: Sql): Sql => sql`
  SELECT p.id, p.order_id, p.user_id, p.status, p.version, p.sequence, p.amount_cents, p.currency, p.decline_code,
         p.captured_at, p.refunded_at, a.id AS attempt_id, a.payment_method, a.deadline, a.intent_id
    FROM payments p LEFT JOIN attempts a ON a.payment_id = p.id
   WHERE ${condition}`;

/** A row that violates the schema's checks. */
export class CorruptPayment extends Error {
  override readonly name = 'CorruptPayment';
}

/** Converts a row to a payment. @throws CorruptPayment */
export function paymentOf(row: PaymentRow): Payment {
  const has = <T>(value: T | null | undefined, column: string): T => {
    if (value == null) throw new CorruptPayment(`payment ${row.id} is ${row.status} but has no ${column}`);
    return value;
  };
  const base = {
    id: row.id,
    orderId: row.order_id,
    userId: row.user_id,
    amount: { amountCents: row.amount_cents, currency: row.currency },
    version: row.version,
    sequence: row.sequence,
  };
  const attempt = attemptOf(row);
  switch (row.status) {
    case 'due':
    case 'action-required':
      return { ...base, status: row.status, attempt: has(attempt, 'attempt') };
    case 'declined': {
      const declineCode = has(row.decline_code, 'decline_code');
      return { ...base, status: 'declined', attempt: has(attempt, 'attempt'), declineCode };
    }
    case 'cancelled':
      return { ...base, status: 'cancelled', ...(attempt === undefined ? {} : { attempt }) };
    case 'captured':
    case 'refund-due': {
      const capturedAt = has(row.captured_at, 'captured_at');
      return { ...base, status: row.status, attempt: has(attempt, 'attempt'), capturedAt };
    }
    case 'refunded':
      return {
        ...base,
        status: 'refunded',
        attempt: has(attempt, 'attempt'),
        capturedAt: has(row.captured_at, 'captured_at'),
        refundedAt: has(row.refunded_at, 'refunded_at'),
      };
  }
}

function attemptOf(row: PaymentRow): Attempt | undefined {
  if (row.attempt_id === null || row.payment_method === null || row.deadline === null) return undefined;
  return {
    id: row.attempt_id,
    paymentMethod: row.payment_method,
    deadline: row.deadline,
    ...(row.intent_id === null ? {} : { intentId: row.intent_id }),
  };
}
