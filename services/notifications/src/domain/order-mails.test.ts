import { cancellationReasons, OrderCancelled } from '#shared/events/orders.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { orderCancelledMail } from './order-mails.ts';

const userId = '0190a0b0-0000-7000-8000-000000000001';
const to = { userId, email: 'ada@example.com', name: 'Ada', locale: 'en', sequence: 1 };
const aCancellation = (over: { reason: (typeof cancellationReasons)[number]; wasPaid: boolean }) =>
  anEvent(OrderCancelled, {
    orderId: '0190a0b0-0000-7000-8000-000000000002',
    userId,
    orderNumber: '2026-000042',
    totalCents: 4200,
    currency: 'EUR',
    ...over,
  });

describe('the mail about a cancelled order', () => {
  test.each(cancellationReasons)('explains %s in words', (reason) => {
    const { text } = orderCancelledMail(aCancellation({ reason, wasPaid: false }), to);
    expect(text).toMatch(/was cancelled: \w+ .+\.\n/);
    expect(text).not.toContain(reason);
  });

  test('mentions a refund only if the order was paid', () => {
    const textOf = (wasPaid: boolean) =>
      orderCancelledMail(aCancellation({ reason: 'stock-lost', wasPaid }), to).text;
    expect(textOf(true)).toContain('42.00 EUR is on its way back');
    expect(textOf(false)).toContain('You have not been charged.');
  });
});
