import type { Queryable } from '#shared/postgres/database.ts';
import { lateWrites, markErased } from '#shared/postgres/erasure.ts';
import { type HandledEvent, markHandled } from '#shared/postgres/handled-events.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Payment } from '../domain/payment.ts';
import { type PaymentRow, paymentOf, selectPayment } from './payment-row.ts';

/** Replaces the provider's token of a payment method, which leads to a person's card. */
const erased = 'erased';

/** What this service stores about one customer. */
export type CustomerData = {
  /** Every payment, oldest first. */
  paymentsOf(userId: string): Promise<Payment[]>;
  /** Removes the person from its payments: they keep amounts, transactions and ledger entries. */
  anonymise(userId: string, handled: HandledEvent): Promise<void>;
  /** The same for payments of erased customers that were settled since. Returns how many. */
  anonymiseLate(): Promise<number>;
};

/** A payment that is not charged yet needs its payment method until its order is cancelled. */
const anonymisePayments = (condition: Sql): Sql => sql`
  UPDATE attempts a SET payment_method = ${erased} FROM payments p
   WHERE p.id = a.payment_id AND p.status <> 'due' AND a.payment_method <> ${erased} AND ${condition} RETURNING 1`;

/** See {@link CustomerData}. */
export const customerData = (database: Queryable): CustomerData => ({
  paymentsOf: async (userId) => {
    const rows = await database.query<PaymentRow>(
      selectPayment(sql`p.user_id = ${userId} ORDER BY p.created_at, p.id`),
    );
    return rows.map(paymentOf);
  },
  anonymise: async (userId, handled) => {
    await database.query(sql`
      WITH marked AS (${markErased(userId)}),
           anonymous AS (${anonymisePayments(sql`p.user_id = ${userId}`)}),
           handled AS (${markHandled(handled, sql`true`)})
      SELECT`);
  },
  anonymiseLate: async () => {
    const erasedLately = sql`p.user_id IN (SELECT user_id FROM erased_users
      WHERE erased_at > clock_timestamp() - ${lateWrites})`;
    return (await database.query(anonymisePayments(erasedLately))).length;
  },
});
