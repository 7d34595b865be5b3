import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Payment, TransactionRecord } from '../domain/payment.ts';

/** A part that writes a new payment, unless its order has one. */
export const insertingPayment = (payment: Payment): Sql => sql`
    INSERT INTO payments (id, order_id, user_id, status, version, sequence, amount_cents, currency)
    VALUES (${payment.id}, ${payment.orderId}, ${payment.userId}, ${payment.status}, ${payment.version},
            ${payment.sequence}, ${payment.amount.amountCents}, ${payment.amount.currency})
    ON CONFLICT DO NOTHING
    RETURNING id`;

/** A part that writes the attempt of a new payment, if the part named `opened` wrote one. */
export const insertingAttempt = ({ id, attempt }: Payment): Sql =>
  attempt === undefined
    ? sql`SELECT 1`
    : sql`
    INSERT INTO attempts (id, payment_id, payment_method, deadline)
    SELECT ${attempt.id}::uuid, ${id}::uuid, ${attempt.paymentMethod}::text, ${attempt.deadline}::timestamptz
      FROM opened`;

/** A part that brings a payment from the version before to this one; no row if somebody else was first. */
export const updatingPayment = (payment: Payment): Sql => sql`
    UPDATE payments
       SET status = ${payment.status}, version = ${payment.version}, sequence = ${payment.sequence},
           decline_code = ${payment.status === 'declined' ? payment.declineCode : null},
           captured_at = ${'capturedAt' in payment ? payment.capturedAt : null},
           refunded_at = ${payment.status === 'refunded' ? payment.refundedAt : null}
     WHERE id = ${payment.id} AND version = ${payment.version - 1}
    RETURNING id`;

/** A part that keeps what the provider answered. */
export const keepingTransaction = (
  payment: Payment,
  transaction: TransactionRecord | undefined,
  condition: Sql,
): Sql =>
  transaction === undefined
    ? sql`SELECT 1`
    : sql`
    INSERT INTO transactions (id, payment_id, kind, reference, decline_code, amount_cents, currency, at)
    SELECT ${transaction.id}::uuid, ${payment.id}::uuid, ${transaction.kind}::text, ${transaction.reference}::text,
           ${transaction.declineCode ?? null}::text, ${payment.amount.amountCents}::bigint,
           ${payment.amount.currency}::text, ${transaction.at}::timestamptz
     WHERE ${condition}`;

/** Accounts of the ledger: what the provider holds for the shop, and what customers have paid in. */
const accounts = { provider: 'provider-balance', customers: 'customer-payments' } as const;

/** A part that books moved money; a decline moves none. */
export function posting(payment: Payment, transaction: TransactionRecord | undefined, condition: Sql): Sql {
  const [debit, credit] = bookedOn(transaction?.kind);
  if (transaction === undefined || debit === undefined) return sql`SELECT 1`;
  return sql`
    INSERT INTO ledger (transaction_id, debit, credit, amount_cents, currency, at)
    SELECT ${transaction.id}::uuid, ${debit}::text, ${credit}::text, ${payment.amount.amountCents}::bigint,
           ${payment.amount.currency}::text, ${transaction.at}::timestamptz
     WHERE ${condition}`;
}

function bookedOn(kind: TransactionRecord['kind'] | undefined): [debit: string, credit: string] | [] {
  switch (kind) {
    case 'capture':
      return [accounts.provider, accounts.customers];
    case 'refund':
      return [accounts.customers, accounts.provider];
    case 'decline':
    case 'action':
    case undefined:
      return [];
  }
}
