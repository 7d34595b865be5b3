import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { authorize } = await furtherCalls();
await users.rotateKeys();

test('while sessions cannot be read nobody is let in, and nobody is told to sign in again', async () => {
  const { email, password } = aRegistration();
  await users.createAccount({ email, password });
  const { accessToken } = (await users.login({ email, password })).body;
  await users.server.query('ALTER TABLE sessions RENAME TO sessions_away');
  await expect(authorize(`Bearer ${accessToken}`)).rejects.toThrow(/^(?!Unauthorized$)/);
  await users.server.query('ALTER TABLE sessions_away RENAME TO sessions');
  await expect(authorize(`Bearer ${accessToken}`)).resolves.toBeDefined();
});
