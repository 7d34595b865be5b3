import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { aLoader } from '../testing/cache-contract.ts';
import { capturedLog } from '../testing/captured-log.ts';
import { eventually } from '../testing/eventually.ts';
import { aRedisCluster, redisServer } from '../testing/redis.ts';
import { aSecret } from '../testing/secrets.ts';
import { memoryCache } from './memory.ts';
import { redisTier } from './redis.ts';

const token = randomUUID();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

// A developer's machine may lack redis-server; in CI its absence is an error.
const cluster =
  redisServer() !== undefined || process.env['CI'] === 'true' ? await aRedisCluster(token) : undefined;
if (cluster === undefined) test.todo('needs redis-server');
else
  describe('a Redis cluster with TLS and a token, as ElastiCache has', () => {
    const { host, port, caFile } = cluster;
    const trusted = getCACertificates('default');
    afterEach(() => setDefaultCACertificates(trusted));

    /** Two caches of one cluster, as two processes have. */
    async function twoCaches(secret: string) {
      const secretId = await aSecret(JSON.stringify({ token: secret }));
      const prefix = `test-${randomUUID()}:`;
      return [1, 2].map(() => {
        const tier = redisTier({ mode: 'cluster', host, port, secretId }, prefix);
        closers.push(() => tier.end());
        return memoryCache({ shared: tier });
      }) as [ReturnType<typeof memoryCache>, ReturnType<typeof memoryCache>];
    }
    /** Whether the second cache finds what the first loaded. */
    async function isShared([first, second]: Awaited<ReturnType<typeof twoCaches>>): Promise<boolean> {
      const key = randomUUID();
      await first.getOrLoad(key, 60_000, async () => 'first');
      return (await second.getOrLoad(key, 60_000, aLoader().load)) === 'first';
    }

    test('is shared by processes', async () => {
      setDefaultCACertificates([...trusted, await readFile(caFile, 'utf8')]);
      const caches = await twoCaches(token);
      await eventually(async () => expect(await isShared(caches)).toBe(true));
    });

    /** Uses caches until the connection has failed, and returns the log. */
    async function failure(caches: Awaited<ReturnType<typeof twoCaches>>): Promise<string> {
      let seen = '';
      await eventually(async () => {
        seen += await capturedLog(async () => {
          expect(await isShared(caches)).toBe(false);
          await new Promise((resolve) => setTimeout(resolve, 20));
        });
        expect(seen).toContain('redis connection failed');
      });
      return seen;
    }

    test('is not used if its certificate is not trusted', async () => {
      expect(await failure(await twoCaches(token))).toContain('Connection is closed');
    });

    test('is not used with a wrong token', async () => {
      setDefaultCACertificates([...trusted, await readFile(caFile, 'utf8')]);
      expect(await failure(await twoCaches('wrong'))).toContain('WRONGPASS');
    });
  });
