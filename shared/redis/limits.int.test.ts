import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { testLimitStore } from '../testing/limit-contract.ts';
import { aRedis, aRedisCluster, redisServer } from '../testing/redis.ts';
import { aSecret } from '../testing/secrets.ts';
import type { RedisAddress } from './client.ts';
import { redisLimits } from './limits.ts';

/** Two processes of one Redis. */
function twoStores(address: RedisAddress) {
  const prefix = `test-${randomUUID()}:`;
  const stores = [redisLimits(address, prefix), redisLimits(address, prefix)] as const;
  afterAll(() => Promise.all(stores.map((store) => store.end())));
  return stores;
}

// A developer's machine may lack redis-server; in CI its absence is an error.
if (redisServer() === undefined && process.env['CI'] !== 'true') test.todo('needs redis-server');
else {
  const single = twoStores({ mode: 'single', ...(await aRedis()) });
  describe('limits in a Redis', () => testLimitStore(() => single));

  const token = randomUUID();
  const { host, port, caFile } = await aRedisCluster(token);
  const secretId = await aSecret(JSON.stringify({ token }));
  const clustered = twoStores({ mode: 'cluster', host, port, secretId });
  describe('limits in a Redis cluster', () => {
    const trusted = getCACertificates('default');
    beforeAll(async () => setDefaultCACertificates([...trusted, await readFile(caFile, 'utf8')]));
    afterAll(() => setDefaultCACertificates(trusted));
    testLimitStore(() => clustered);
  });
}
