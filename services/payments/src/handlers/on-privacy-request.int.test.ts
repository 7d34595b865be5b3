import { DataExportRequested, UserErased } from '#shared/events/privacy.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { exportedPart } from '#shared/testing/exported.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { scheduleEvent, sqsEvent } from '#shared/testing/queue.ts';
import {
  anOrder,
  cancelled,
  created,
  moneyIn,
  moneyOut,
  paymentsService,
} from '../../testing/payments-service.ts';

const payments = await paymentsService();
const { handler } = await import('./on-privacy-request.ts');
const { handler: relay } = await import('./relay-outbox.ts');

const deliver = (event: ReturnType<typeof anEvent>) => handler(sqsEvent(event), lambdaContext());
const erasureOf = (userId: string) => anEvent(UserErased, { userId }, { aggregateId: userId });

test('an erased customer keeps amounts and ledger, without the payment method; twice is the same', async () => {
  const order = anOrder();
  await payments.deliver(created(order));
  await payments.deliver(cancelled(order, true));
  const event = erasureOf(order.userId);
  for (const _ of [1, 2]) expect(await deliver(event)).toEqual({ batchItemFailures: [] });
  expect(await payments.find(order)).toMatchObject({
    status: 'refunded',
    amount: { amountCents: 4200, currency: 'EUR' },
    attempt: { paymentMethod: 'erased' },
  });
  expect(await payments.movesOf(order)).toEqual([moneyIn, moneyOut]);
});

test('an order that arrives after the erasure is charged and refunded as usual, then anonymised', async () => {
  const order = anOrder();
  await deliver(erasureOf(order.userId));
  expect(await payments.deliver(created(order))).toBe('done');
  expect(await payments.deliver(cancelled(order, true))).toBe('done');
  expect(await payments.find(order)).toMatchObject({ attempt: { paymentMethod: 'pm_card_visa' } });
  await relay(scheduleEvent(new Date()) as never, lambdaContext());
  expect(await payments.find(order)).toMatchObject({
    status: 'refunded',
    attempt: { paymentMethod: 'erased' },
  });
});

test('the payments of others stay as they are', async () => {
  const order = anOrder();
  await payments.deliver(created(order));
  await deliver(erasureOf(newId()));
  expect(await payments.find(order)).toMatchObject({ attempt: { paymentMethod: 'pm_card_visa' } });
});

test("an export contains the customer's payments and no other", async () => {
  const [order, another] = [anOrder(), anOrder()];
  for (const each of [order, another]) await payments.deliver(created(each));
  const exportId = newId();
  await deliver(anEvent(DataExportRequested, { exportId, userId: order.userId }));
  expect(await exportedPart(payments.bucket, exportId, 'payments')).toEqual({
    payments: [expect.objectContaining({ orderId: order.orderId, status: 'captured', amountCents: 4200 })],
  });
});
