import type { Change } from '#shared/postgres/change-store.ts';
import { commaSeparated, type Sql, sql } from '#shared/postgres/sql.ts';
import type { PaymentExtra } from '../domain/decide.ts';
import type { Attempt, Payment, TransactionRecord } from '../domain/payment.ts';

type PaymentChange = Change<Payment, PaymentExtra>;

/** CTEs that write a new payment with its attempt, unless its order has one. */
export const insertPayment = ({ state: payment }: PaymentChange, permitted: Sql): Sql =>
  commaSeparated([
    sql`written AS (
      INSERT INTO payments (id, order_id, user_id, status, version, sequence, amount_cents, currency)
      SELECT ${payment.id}::uuid, ${payment.orderId}::uuid, ${payment.userId}::uuid, ${payment.status}::text,
             ${payment.version}::int, ${payment.sequence}::int, ${payment.amount.amountCents}::bigint,
             ${payment.amount.currency}::text
       WHERE ${permitted}
      ON CONFLICT DO NOTHING
      RETURNING id)`,
    payment.attempt && sql`attempt AS (${insertAttempt(payment.attempt)})`,
  ]);

const insertAttempt = (attempt: Attempt): Sql => sql`
      INSERT INTO attempts (id, payment_id, payment_method, deadline)
      SELECT ${attempt.id}::uuid, written.id, ${attempt.paymentMethod}::text, ${attempt.deadline}::timestamptz
        FROM written`;

/** CTEs that update a payment from the version before, with its transaction, ledger entry or intent. */
export function updatePayment({ state: payment, transaction, attempt }: PaymentChange, permitted: Sql): Sql {
  const accounts = transaction && accountsOf(transaction.kind);
  return commaSeparated([
    sql`written AS (
      UPDATE payments
         SET status = ${payment.status}, version = ${payment.version}, sequence = ${payment.sequence},
             decline_code = ${payment.status === 'declined' ? payment.declineCode : null},
             captured_at = ${'capturedAt' in payment ? payment.capturedAt : null},
             refunded_at = ${payment.status === 'refunded' ? payment.refundedAt : null}
       WHERE id = ${payment.id} AND version = ${payment.version - 1} AND ${permitted}
      RETURNING id)`,
    transaction && sql`transaction AS (${insertTransaction(payment, transaction)})`,
    transaction && accounts && sql`entry AS (${insertLedgerEntry(payment, transaction, accounts)})`,
    attempt?.intentId !== undefined && sql`intent AS (${updateIntent(attempt.id, attempt.intentId)})`,
  ]);
}

const insertTransaction = ({ amount }: Payment, transaction: TransactionRecord): Sql => sql`
      INSERT INTO transactions (id, payment_id, kind, reference, decline_code, amount_cents, currency, at)
      SELECT ${transaction.id}::uuid, written.id, ${transaction.kind}::text, ${transaction.reference}::text,
             ${transaction.declineCode ?? null}::text, ${amount.amountCents}::bigint, ${amount.currency}::text,
             ${transaction.at}::timestamptz
        FROM written`;

type Accounts = { debit: string; credit: string };

const insertLedgerEntry = (
  { amount }: Payment,
  { id, at }: TransactionRecord,
  { debit, credit }: Accounts,
): Sql => sql`
      INSERT INTO ledger (transaction_id, debit, credit, amount_cents, currency, at)
      SELECT ${id}::uuid, ${debit}::text, ${credit}::text, ${amount.amountCents}::bigint, ${amount.currency}::text,
             ${at}::timestamptz
        FROM written`;

const updateIntent = (attemptId: string, intentId: string): Sql => sql`
      UPDATE attempts SET intent_id = ${intentId} FROM written WHERE attempts.id = ${attemptId}`;

/** The ledger account of the shop's balance at the provider. */
const providerAccount = 'provider-balance';
/** The ledger's account of what customers have paid. */
const customersAccount = 'customer-payments';

/** The accounts between which a transaction moves money, if it moves any. */
function accountsOf(kind: TransactionRecord['kind']): Accounts | undefined {
  switch (kind) {
    case 'capture':
      return { debit: providerAccount, credit: customersAccount };
    case 'refund':
      return { debit: customersAccount, credit: providerAccount };
    case 'decline':
    case 'action':
      return undefined;
  }
}
