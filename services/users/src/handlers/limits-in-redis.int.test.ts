import { Redis } from 'ioredis';
import { capturedLog } from '#shared/testing/captured-log.ts';
import { redisServer, startRedis } from '#shared/testing/redis.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

// A developer's machine may lack redis-server; in CI its absence is an error.
if (redisServer() === undefined && process.env['CI'] !== 'true') test.todo('needs redis-server');
else {
  const redis = await startRedis();
  const users = await usersService({ REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) });
  await users.rotateKeys();
  const fail = () => users.login({ email: aRegistration().email, password: 'not the password' });
  const rows = async () => (await users.database.query('SELECT FROM failed_attempts')).length;

  test('limits are counted in Redis, and in PostgreSQL while it is unavailable', async () => {
    expect((await fail()).status).toBe(401);
    const client = new Redis(redis);
    expect((await client.keys('limits:*')).length).toBeGreaterThan(0);
    client.disconnect();
    expect(await rows()).toBe(0);
    await redis.stop();
    const log = await capturedLog(async () => {
      expect((await fail()).status).toBe(401);
    });
    expect(log).toContain('limits are counted in PostgreSQL, Redis is unavailable');
    expect(await rows()).toBeGreaterThan(0);
  });

  afterAll(async () => {
    const { redisCounts } = await import('../app.ts');
    await redisCounts()?.end();
  });
}
