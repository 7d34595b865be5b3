import type { PaymentsApi } from './api.ts';
import { behaviourSchema } from './behaviour.ts';
import type { BalanceTransaction, Charge, PaymentIntent, Refund } from './objects.ts';

/** The books, oldest first, and successful charges and refunded amounts per `metadata.order_id`. */
export type LedgerView = {
  paymentIntents: readonly PaymentIntent[];
  charges: readonly Charge[];
  refunds: readonly Refund[];
  balanceTransactions: readonly BalanceTransaction[];
  /** Count of successful charges and cents taken and given back, by order. */
  orders: Record<string, { charges: number; chargedCents: number; refundedCents: number }>;
};

/** Reads the books. With an order id only what belongs to that order. */
export const ledgerView = (api: PaymentsApi, orderId?: string): LedgerView => {
  const { ledger } = api;
  const paymentIntents = ledger.intents
    .all()
    .filter((intent) => orderId === undefined || intent.metadata.order_id === orderId);
  const ids = new Set(paymentIntents.map((intent) => intent.id));
  const charges = ledger.charges.all().filter((charge) => ids.has(charge.payment_intent));
  const refunds = ledger.refunds.all().filter((refund) => ids.has(refund.payment_intent));
  const sources = new Set([...charges, ...refunds].map((each) => each.id));
  const balanceTransactions = ledger.balanceTransactions.all().filter((each) => sources.has(each.source));
  const orders: LedgerView['orders'] = {};
  for (const charge of charges) {
    // The intent's metadata, not the charge's: only the intent's own follows a later update.
    const order = ledger.intents.get(charge.payment_intent)?.metadata.order_id;
    if (order === undefined || !charge.paid) continue;
    const sum = orders[order] ?? { charges: 0, chargedCents: 0, refundedCents: 0 };
    orders[order] = {
      charges: sum.charges + 1,
      chargedCents: sum.chargedCents + charge.amount_captured,
      refundedCents: sum.refundedCents + charge.amount_refunded,
    };
  }
  return { paymentIntents, charges, refunds, balanceTransactions, orders };
};

const badRequest = (message: string) => ({ status: 400, body: { error: message } });

/** Answers `/_sandbox/…`: GET ledger (`?order_id=`), GET, POST and DELETE behaviour. */
export const control = (
  api: PaymentsApi,
  request: { method: string; path: string; query: string; body: string },
): { status: number; body: unknown } => {
  switch (`${request.method} ${request.path}`) {
    case 'GET /_sandbox/ledger':
      return {
        status: 200,
        body: ledgerView(api, new URLSearchParams(request.query).get('order_id') ?? undefined),
      };
    case 'GET /_sandbox/behaviour':
      return { status: 200, body: api.behave({}) };
    case 'DELETE /_sandbox/behaviour':
      return { status: 200, body: api.behaveWell() };
    case 'POST /_sandbox/behaviour': {
      let wanted: unknown;
      try {
        wanted = JSON.parse(request.body);
      } catch {
        return badRequest('The body must be JSON.');
      }
      const parsed = behaviourSchema.safeParse(wanted);
      if (!parsed.success) {
        return badRequest(
          parsed.error.issues.map((each) => `${each.path.join('.')}: ${each.message}`).join('; '),
        );
      }
      return { status: 200, body: api.behave(parsed.data) };
    }
    default:
      return { status: 404, body: { error: `No control ${request.method} ${request.path}` } };
  }
};
