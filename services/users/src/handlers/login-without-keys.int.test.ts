import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();

test('signing in is unavailable before the first signing key exists', async () => {
  const { email, password } = aRegistration();
  await users.createAccount({ email, password });
  const response = await users.login({ email, password });
  expect([response.status, response.body.code, response.headers['retry-after']]).toEqual([
    503,
    'UNAVAILABLE',
    '5',
  ]);
  await users.rotateKeys();
  expect((await users.login({ email, password })).status).toBe(200);
});
