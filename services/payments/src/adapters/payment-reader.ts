import type { Database } from '#shared/postgres/database.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Payment } from '../domain/payment.ts';
import { type PaymentRow, paymentOf, selectPayment } from './payment-row.ts';

/** Reads payments. */
export type PaymentReader = {
  findByOrder(orderId: string): Promise<Payment | undefined>;
  /** By the provider's intent, for its webhooks. */
  findByIntent(intentId: string): Promise<Payment | undefined>;
};

/** See {@link PaymentReader}. */
export function paymentReader(database: Database): PaymentReader {
  const find = async (condition: Sql) => {
    const [row] = await database.query<PaymentRow>(selectPayment(condition));
    return row && paymentOf(row);
  };
  return {
    findByOrder: (orderId) => find(sql`p.order_id = ${orderId}`),
    findByIntent: (intentId) => find(sql`a.intent_id = ${intentId}`),
  };
}
