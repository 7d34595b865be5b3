import { recordTransactions, tablesByTransaction } from '#shared/testing/transactions.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { updateMe } = await furtherCalls();
const writes = await recordTransactions(users.database, ['users', 'user_profiles', 'user_roles', 'outbox']);

test('an account and its event are written in one transaction, also when it changes', async () => {
  const registration = aRegistration();
  const account = await users.createAccount(registration);
  // The relay then marks the outbox rows as sent.
  expect(tablesByTransaction(await writes()).filter((tables) => tables !== 'outbox')).toEqual([
    'outbox, user_profiles, user_roles, users',
  ]);
  const changed = await updateMe({
    caller: { userId: account.id },
    headers: { 'If-Match': '"1"' },
    body: { name: 'Grace Hopper', locale: 'de' },
  });
  expect(changed.status).toBe(200);
  const [tables] = tablesByTransaction(await writes()).filter((each) => each !== 'outbox');
  expect(tables).toMatch(/^outbox, .*user/);
});
