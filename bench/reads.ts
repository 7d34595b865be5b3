/**
 * Measures reads of a product by id and of a list page with 32 customers in both modes, with the cache in memory alone and
 * in front of Redis: `npm run bench:reads [-- seconds] [several|single]`. Required: 2,000 per second in mode several.
 */
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { addProduct, ensureCategory } from '../client/shop-actions.ts';
import { redisServer, startRedis } from '../shared/testing/redis.ts';
import { benchArguments, closedLoop, percentiles, printTable } from './measure.ts';
import { type MeasuredShop, startShop } from './measured-shop.ts';
import { finish } from './record.ts';

const seconds = Number(benchArguments[0] ?? 8);
const modes = (['several', 'single'] as const).filter((mode) =>
  [undefined, mode].includes(benchArguments[1] as typeof mode | undefined),
);
const customers = 32;
const categories = 10;
const productsPerCategory = 20;

const redis = redisServer() === undefined ? undefined : await startRedis();
if (redis === undefined) console.log('redis-server is not on the PATH: only the cache in memory is measured');

for (const mode of modes)
  for (const shared of redis === undefined ? [undefined] : [undefined, redis]) {
    const shop = await startShop(mode, shared && { host: shared.host, port: shared.port });
    try {
      const invocations = mode === 'several' ? 'several invocations' : 'one invocation';
      const cache = shared ? 'cache in memory and Redis' : 'cache in memory';
      printTable(
        `Reads by ${customers} customers, ${invocations} at a time per instance, ${cache}`,
        await measureReads(shop),
      );
      if (shared) console.log(`Redis served ${await redisCalls(shared)}`);
    } finally {
      await shop.stop();
    }
  }
await redis?.stop();
finish('bench-reads', 'npm run bench:reads');

async function measureReads(shop: MeasuredShop) {
  const addBenchProduct = async (category: number, index: number) => {
    const product = { name: `Bench ${category} ${index}`, cents: 1000 + index, stock: 10 };
    return (await addProduct(shop.admin, { ...product, category: `bench-${category}` })).productId;
  };
  const ids: string[] = [];
  for (let category = 0; category < categories; category += 1) {
    await ensureCategory(shop.admin, `bench-${category}`, `Bench ${category}`);
    for (let index = 0; index < productsPerCategory; index += 1)
      ids.push(await addBenchProduct(category, index));
  }
  // A bare client, so that the client is not what is measured.
  const pool = new Pool(shop.apiUrl, { connections: customers });
  const any = (count: number) => Math.floor(Math.random() * count);
  const reads: [string, () => string][] = [
    ['product by id', () => `/api/v1/products/${ids[any(ids.length)]}`],
    ['list of a category (20)', () => `/api/v1/products?category=bench-${any(categories)}&limit=20`],
  ];
  const rows = [];
  for (const [name, path] of reads) {
    const read = async () => {
      const started = performance.now();
      const { statusCode, body } = await pool.request({ method: 'GET', path: path() });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${name}: ${statusCode} ${text.slice(0, 300)}`);
      return performance.now() - started;
    };
    await closedLoop(customers, { seconds: 3, count: 10_000 }, read);
    const cpuBefore = shop.cpuByPart();
    const { results, seconds: took } = await closedLoop(customers, { seconds, count: 100_000 }, read);
    const cpuMs = Object.values(shop.cpuMsPer(results.length, cpuBefore));
    const { p50, p95, p99 } = percentiles(results);
    rows.push({
      read: name,
      'reads/s': results.length / took,
      'p50 ms': p50,
      'p95 ms': p95,
      'p99 ms': p99,
      'CPU ms/read': cpuMs.reduce((sum, ms) => sum + ms, 0),
    });
  }
  await pool.close();
  return rows;
}

/** The commands that Redis has executed: proof that the shop used it. */
async function redisCalls({ host, port }: { host: string; port: number }): Promise<string> {
  const client = new Redis({ host, port });
  const statistics = await client.info('commandstats');
  await client.config('RESETSTAT');
  client.disconnect();
  const calls = (command: string) =>
    new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(statistics)?.[1] ?? '0';
  return `${calls('get')} GET and ${calls('set')} SET`;
}
