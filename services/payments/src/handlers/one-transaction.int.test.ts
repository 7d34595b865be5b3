import { recordTransactions, tablesByTransaction } from '#shared/testing/transactions.ts';
import { anOrder, cancelled, created, paymentsService } from '../../testing/payments-service.ts';

const { database, deliver } = await paymentsService();
const writes = await recordTransactions(database, ['payments', 'transactions', 'ledger', 'outbox']);

test('a change of a payment, its transaction, its ledger rows and its event are written in one transaction', async () => {
  const order = anOrder();
  expect(await deliver(created(order))).toBe('done');
  const charged = tablesByTransaction(await writes());
  expect(charged).toContain('ledger, outbox, payments, transactions');
  expect(charged.filter((tables) => /ledger|transactions/.test(tables))).toHaveLength(1);
  expect(await deliver(cancelled(order, true))).toBe('done');
  const refunded = tablesByTransaction(await writes());
  expect(refunded).toContain('ledger, outbox, payments, transactions');
  expect(refunded.filter((tables) => /ledger|transactions/.test(tables))).toHaveLength(1);
});
