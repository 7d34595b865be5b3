import { PaymentActionRecorded } from '#shared/events/actions.ts';
import { type ChangeStore, changeStore, type StoreDefinition } from '#shared/postgres/change-store.ts';
import type { Database } from '#shared/postgres/database.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { sql } from '#shared/postgres/sql.ts';
import type { PaymentExtra } from '../domain/decide.ts';
import { PaymentNotFound } from '../domain/errors.ts';
import type { Payment } from '../domain/payment.ts';
import { type PaymentRow, paymentOf, selectPayment } from './payment-row.ts';
import { insertPayment, updatePayment } from './payment-writes.ts';

/** The only way in which payments are written. */
export type PaymentStore = ChangeStore<Payment, PaymentExtra>;

/** How a payment is stored. */
const paymentDefinition: StoreDefinition<Payment, PaymentRow, PaymentExtra> = {
  name: 'payment',
  notFound: () => new PaymentNotFound('There is no such payment.'),
  select: (id) => selectPayment(sql`p.id = ${id}`),
  stateOf: paymentOf,
  recorded: { definition: PaymentActionRecorded, target: ({ id }) => ({ kind: 'payment', id }) },
  insert: insertPayment,
  update: updatePayment,
};

/** See {@link PaymentStore}. */
export const paymentStore = (database: Database, outbox: Outbox): PaymentStore =>
  changeStore(database, outbox, paymentDefinition);
