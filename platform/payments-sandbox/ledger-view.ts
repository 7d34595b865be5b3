import type { Ledger } from './ledger.ts';
import type { Charge, PaymentIntent, Refund } from './objects.ts';

/** The ledger, oldest first, and sums by `metadata.order_id`. */
export type LedgerView = {
  paymentIntents: PaymentIntent[];
  charges: Charge[];
  refunds: Refund[];
  /** Successful charges, and cents charged and refunded, by order. */
  orders: Record<string, { charges: number; chargedCents: number; refundedCents: number }>;
};

/** Reads the ledger; with an order id only the objects of that order. */
export const ledgerView = (ledger: Ledger, orderId?: string): LedgerView => {
  const paymentIntents = [...ledger.intents.values()].filter(
    ({ metadata }) => orderId === undefined || metadata.order_id === orderId,
  );
  const ids = new Set(paymentIntents.map(({ id }) => id));
  const ofIntents = <T extends { payment_intent: string }>(objects: Iterable<T>): T[] =>
    [...objects].filter((object) => ids.has(object.payment_intent));
  const charges = ofIntents(ledger.charges.values());
  const orders: LedgerView['orders'] = {};
  for (const charge of charges) {
    const order = ledger.intents.get(charge.payment_intent)?.metadata.order_id;
    if (order === undefined || !charge.paid) continue;
    const sum = orders[order] ?? { charges: 0, chargedCents: 0, refundedCents: 0 };
    orders[order] = {
      charges: sum.charges + 1,
      chargedCents: sum.chargedCents + charge.amount_captured,
      refundedCents: sum.refundedCents + charge.amount_refunded,
    };
  }
  return { paymentIntents, charges, refunds: ofIntents(ledger.refunds.values()), orders };
};
