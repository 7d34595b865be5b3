import { TransactionProcessed, type transactionOutcomes } from '#shared/events/payments.ts';
import { ReservationLost } from '#shared/events/products.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { eventsIn, sqsEvent } from '#shared/testing/queue.ts';
import { aPlacedOrder } from '../../testing/builders.ts';
import { ordersEnvironment } from '../../testing/environment.ts';
import type { Order } from '../domain/order.ts';

const { database, published } = await ordersEnvironment();
const app = await import('../app.ts');
const onTransactionProcessed = (await import('./on-transaction-processed.ts')).handler;
const onReservationLost = (await import('./on-reservation-lost.ts')).handler;
afterAll(() => app.database().end());

const anOrder = () => app.orders().create(aPlacedOrder(), { cause: { correlationId: 'test' } });

const transaction = (
  { id, userId, total }: Order,
  outcome: (typeof transactionOutcomes)[number],
  paymentId = newId(),
) =>
  anEvent(
    TransactionProcessed,
    { paymentId, orderId: id, userId, outcome, ...total },
    { aggregateId: paymentId },
  );
type Event = ReturnType<typeof anEvent>;
const deliver = (...events: Event[]) => onTransactionProcessed(sqsEvent(...events), lambdaContext());
const refuse = (...events: Event[]) => onReservationLost(sqsEvent(...events), lambdaContext());
const stockGone = ({ id, lines }: Order) =>
  anEvent(ReservationLost, { orderId: id, productIds: lines.map(({ productId }) => productId) });
const find = async ({ id }: Order) => app.reader().find(id);
const typesOf = async ({ id }: Order) =>
  (await eventsIn(published)).filter(({ aggregateId }) => aggregateId === id).map(({ type }) => type);
const handled = async ({ id }: Event) => {
  const rows = await database.query<{ subscriber: string }>(
    'SELECT subscriber FROM handled_events WHERE event_id = $1',
    [id],
  );
  return rows.map(({ subscriber }) => subscriber);
};

describe('after the result of a payment', () => {
  test('captured makes the order paid; the same event again changes nothing', async () => {
    const order = await anOrder();
    const paymentId = newId();
    const event = transaction(order, 'captured', paymentId);
    for (const _ of [1, 2]) expect(await deliver(event)).toEqual({ batchItemFailures: [] });
    expect(await find(order)).toMatchObject({ status: 'paid', paymentId, version: 2 });
    expect(await typesOf(order)).toEqual(['ORDER_CREATED', 'ORDER_PAID']);
    expect(await handled(event)).toEqual(['orders.on-transaction-processed']);
  });

  test('the event that follows carries what caused it', async () => {
    const order = await anOrder();
    const event = transaction(order, 'captured');
    await deliver(event);
    const [row] = await database.query<{ message: string }>(
      `SELECT message FROM outbox WHERE aggregate_id = $1 AND type = 'ORDER_PAID'`,
      [order.id],
    );
    expect(JSON.parse(row?.message ?? '')).toMatchObject({
      correlationId: event.correlationId,
      causationId: event.id,
    });
  });

  test('declined cancels the order; the same event again changes nothing', async () => {
    const order = await anOrder();
    const event = transaction(order, 'declined');
    await deliver(event);
    await deliver(event);
    expect(await find(order)).toMatchObject({ status: 'cancelled', reason: 'payment-failed', version: 2 });
    expect(await typesOf(order)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
  });

  test.each(['requires-action', 'refunded'] as const)('%s leaves it as it is, twice', async (outcome) => {
    const order = await anOrder();
    const event = transaction(order, outcome);
    await deliver(event);
    await deliver(event);
    expect(await find(order)).toMatchObject({ status: 'pending', version: 1 });
    expect(await handled(event)).toHaveLength(1);
  });

  test('an older result that arrives after the capture is ignored', async () => {
    const order = await anOrder();
    await deliver(transaction(order, 'captured'));
    await deliver(transaction(order, 'requires-action'));
    await deliver(transaction(order, 'declined'));
    expect(await find(order)).toMatchObject({ status: 'paid', version: 2 });
  });

  test('a capture that meets a cancelled order leaves it cancelled', async () => {
    const order = await anOrder();
    await deliver(transaction(order, 'declined'));
    expect(await deliver(transaction(order, 'captured'))).toEqual({ batchItemFailures: [] });
    expect(await find(order)).toMatchObject({ status: 'cancelled', version: 2 });
  });

  test('the same event five times at once pays once', async () => {
    const order = await anOrder();
    const event = transaction(order, 'captured');
    const responses = await Promise.all([1, 2, 3, 4, 5].map(() => deliver(event)));
    expect(responses.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    expect(await find(order)).toMatchObject({ status: 'paid', version: 2 });
  });

  test('about a missing order is reported alone', async () => {
    const order = await anOrder();
    const lost = transaction({ ...order, id: newId() }, 'captured');
    const response = await deliver(lost, transaction(order, 'captured'));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(await find(order)).toMatchObject({ status: 'paid' });
    expect(await handled(lost)).toEqual([]);
  });

  test('an unknown message is reported alone', async () => {
    const order = await anOrder();
    const [record] = sqsEvent(transaction(order, 'captured')).Records;
    const bad = ['{', '{}', JSON.stringify({ ...transaction(order, 'captured'), version: 2 })];
    const records = bad.map((body, index) => ({ ...record!, messageId: `bad-${index}`, body }));
    const response = await onTransactionProcessed({ Records: [...records, record!] }, lambdaContext());
    expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      'bad-0',
      'bad-1',
      'bad-2',
    ]);
    expect(await find(order)).toMatchObject({ status: 'paid' });
  });
});

describe('when the stock of a paid order is gone', () => {
  test('is cancelled as a paid order; the same event again changes nothing', async () => {
    const order = await anOrder();
    await deliver(transaction(order, 'captured'));
    const event = stockGone(order);
    await refuse(event);
    await refuse(event);
    expect(await find(order)).toMatchObject({ status: 'cancelled', reason: 'stock-lost', version: 3 });
    expect(await typesOf(order)).toEqual(['ORDER_CREATED', 'ORDER_PAID', 'ORDER_CANCELLED']);
    expect(await handled(event)).toEqual(['orders.on-reservation-lost']);
  });

  test('a capture that is delivered again afterwards changes nothing', async () => {
    const order = await anOrder();
    const capture = transaction(order, 'captured');
    await deliver(capture);
    await refuse(stockGone(order));
    await deliver(capture);
    expect(await find(order)).toMatchObject({ status: 'cancelled', version: 3 });
  });
});
