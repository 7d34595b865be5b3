import { OrderCancelled, OrderCreated } from '#shared/events/orders.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { eventsIn, sqsEvent } from '#shared/testing/queue.ts';
import { paymentsEnvironment } from './environment.ts';

/** An order as its event describes it; its charge succeeds unless another token is given. */
export const anOrder = (paymentMethod = 'pm_card_visa', deadlineMs = Date.now() + 60_000) => ({
  orderId: newId(),
  userId: newId(),
  orderNumber: 'N',
  totalCents: 4200,
  currency: 'EUR' as const,
  lines: [{ productId: newId(), name: 'Lamp', quantity: 1, unitPriceCents: 4200 }],
  paymentMethod,
  paymentDeadline: new Date(deadlineMs).toISOString(),
});
type Order = ReturnType<typeof anOrder>;

/** The event by which it is placed. */
export const created = (order: Order) => anEvent(OrderCreated, order, { aggregateId: order.orderId });

/** The event by which it is cancelled. */
export const cancelled = (
  { lines: _l, paymentMethod: _p, paymentDeadline: _d, ...order }: Order,
  wasPaid = false,
) =>
  anEvent(
    OrderCancelled,
    { ...order, reason: 'customer-request', wasPaid },
    { aggregateId: order.orderId, sequence: 2 },
  );

/** The ledger's entries of a capture and of a refund. */
export const [moneyIn, moneyOut] = [
  'customer-payments → provider-balance 4200',
  'provider-balance → customer-payments 4200',
];

/** The payments service on stores and a provider of its own: call it at the top of a file. */
export async function paymentsService() {
  const environment = await paymentsEnvironment();
  const { database, published, sandbox } = environment;
  const app = await import('../src/app.ts');
  const onOrderEvent = (await import('../src/handlers/on-order-event.ts')).handler;
  afterAll(() => app.database().end());
  afterEach(() => {
    sandbox.resetBehaviour();
  });
  return {
    ...environment,
    /** Delivers an event to the reaction, as its queue does. */
    deliver: async (event: ReturnType<typeof anEvent>) => {
      const { batchItemFailures } = await onOrderEvent(sqsEvent(event), lambdaContext());
      return batchItemFailures.length === 0 ? 'done' : 'failed';
    },
    find: ({ orderId }: Order) => app.reader().findByOrder(orderId),
    /** The provider's own record of an order. */
    books: ({ orderId }: Order) => sandbox.ledger(orderId).orders[orderId],
    /** Outcomes published since the last call. */
    outcomesOf: async ({ orderId }: Order) =>
      (await eventsIn(published)).flatMap(({ data }) => {
        const said = data as { orderId: string; outcome: string };
        return said.orderId === orderId ? [said.outcome] : [];
      }),
    /** The ledger's rows of an order, as `from → to cents`. */
    movesOf: async ({ orderId }: Order) => {
      const rows = await database.query<{ debit: string; credit: string; amount_cents: number }>(
        `SELECT l.debit, l.credit, l.amount_cents FROM ledger l JOIN transactions t ON t.id = l.transaction_id
           JOIN payments p ON p.id = t.payment_id WHERE p.order_id = $1 ORDER BY l.at`,
        [orderId],
      );
      return rows.map(({ debit, credit, amount_cents }) => `${credit} → ${debit} ${amount_cents}`);
    },
  };
}
