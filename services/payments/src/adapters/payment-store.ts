import { Unavailable } from '#shared/errors.ts';
import type { Cause } from '#shared/events/event.ts';
import { toEntries } from '#shared/outbox/entry.ts';
import type { Database } from '#shared/postgres/database.ts';
import { announcing, type Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { Decision } from '../domain/decide.ts';
import type { Attempt, Payment } from '../domain/payment.ts';
import { paymentReader } from './payment-reader.ts';
import { type PaymentRow, paymentOf, selectPayment } from './payment-row.ts';
import {
  insertingAttempt,
  insertingPayment,
  keepingTransaction,
  posting,
  updatingPayment,
} from './payment-writes.ts';

/** A further write that commits with a change, only if `condition` holds. */
export type AlsoWrite = (condition: Sql) => Sql;

/** The only way by which payments are written. */
export type PaymentStore = {
  /** Writes a new payment, or answers the one that its order has already. */
  open(payment: Payment): Promise<Payment>;
  /** Keeps the provider's intent of an attempt; answers the one that is kept, should another be there. */
  keepIntent(attempt: Attempt, intentId: string): Promise<string>;
  /**
   * Decides on a payment as it was last read, and commits the change with what the provider answered, where the
   * money went, and the event; if the payment has changed in between, reads it anew and decides again.
   * @throws Unavailable if others keep changing it
   */
  change(
    lastRead: Payment,
    decide: (payment: Payment) => Decision,
    cause: Cause,
    also?: AlsoWrite,
  ): Promise<Payment>;
};

/** A payment has few writers (reaction, webhook, schedule): more conflicts in a row mean something is wrong. */
const maxTries = 5;

/** See {@link PaymentStore}; every write is one statement. */
export function paymentStore(database: Database, outbox: Outbox): PaymentStore {
  const { findByOrder } = paymentReader(database);

  const commitChange = async (
    { payment, transaction, event }: Extract<Decision, { kind: 'changed' }>,
    cause: Cause,
    also: AlsoWrite | undefined,
  ) => {
    const entries = toEntries(event === undefined ? [] : [event], cause);
    const [row] = await database.query<{ changed: boolean; claimed: boolean | null }>(sql`
      WITH changed AS (${updatingPayment(payment)}),
           kept AS (${keepingTransaction(payment, transaction, ifChanged)}),
           booked AS (${posting(payment, transaction, ifChanged)}),
           announced AS (${entries.length === 0 ? sql`SELECT true AS claimed` : announcing(entries, ifChanged)}),
           also AS (${also?.(ifChanged) ?? sql`SELECT 1`})
      SELECT ${ifChanged} AS changed, (SELECT bool_and(claimed) FROM announced) AS claimed`);
    if (row?.changed !== true) return false;
    await outbox.relay({ entries, claimed: row.claimed === true });
    return true;
  };

  return {
    open: async (payment) => {
      const [row] = await database.query<{ opened: boolean } & (PaymentRow | { id: null })>(sql`
        WITH opened AS (${insertingPayment(payment)}),
             attempted AS (${insertingAttempt(payment)})
        SELECT EXISTS (SELECT FROM opened) AS opened, known.*
          FROM (SELECT) AS always LEFT JOIN (${selectPayment(sql`p.order_id = ${payment.orderId}`)}) AS known ON true`);
      if (row?.opened === true) return payment;
      if (row !== undefined && row.id !== null) return paymentOf(row);
      // Another one was opened while this statement ran, too late for it to see.
      return (await findByOrder(payment.orderId)) ?? payment;
    },
    keepIntent: async (attempt, intentId) => {
      const [row] = await database.query<{ intent_id: string }>(
        sql`UPDATE attempts SET intent_id = coalesce(intent_id, ${intentId}) WHERE id = ${attempt.id} RETURNING intent_id`,
      );
      return row?.intent_id ?? intentId;
    },
    change: async (lastRead, decide, cause, also) => {
      let payment = lastRead;
      for (let tries = 0; tries < maxTries; tries += 1) {
        const decision = decide(payment);
        if (decision.kind === 'unchanged') {
          if (also !== undefined) await database.query(also(sql`true`));
          return payment;
        }
        if (await commitChange(decision, cause, also)) return decision.payment;
        payment = (await findByOrder(payment.orderId)) ?? payment;
      }
      throw new Unavailable('The payment is being changed by others. Try again.', { retryAfterSeconds: 1 });
    },
  };
}

const ifChanged = sql`EXISTS (SELECT FROM changed)`;
