/** `npm run prove:erasure`: erases a customer after a full life and searches every store; see docs/privacy.md. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningShop, startShopProcess } from '../../bench/shop-process.ts';
import { root } from '../../build/stacks.ts';
import { until } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { withClient } from '../load/postgres.ts';
import { type Life, liveALife } from './life.ts';
import { foundIn, needlesOf, type Person } from './needles.ts';
import { everyDocument, hiddenSeconds, type Stores, storeNames } from './stores.ts';

/** Schedules that look for late writes run every minute. */
const schedulesMs = 75_000;
const redisPort = 6397;

const startedAt = performance.now();
const log = (line: string) =>
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);

/** What a search has read of each store, and where it found the person. */
type Result = { searched: Map<string, { documents: number; bytes: number }>; findings: string[] };

async function search(stores: Stores, person: Person): Promise<Result> {
  const needles = needlesOf(person);
  const nothing = { documents: 0, bytes: 0 };
  const result: Result = { searched: new Map(storeNames.map((name) => [name, nothing])), findings: [] };
  for await (const { store, place, bytes } of everyDocument(stores)) {
    const { documents, bytes: before } = result.searched.get(store) ?? nothing;
    result.searched.set(store, { documents: documents + 1, bytes: before + bytes.length });
    for (const { field, form } of foundIn(bytes, needles))
      result.findings.push(`${store}: ${place} contains the ${field} (${form})`);
  }
  return result;
}

/** Rewrites tables, indexes and statistics, so that no file contains a deleted row. */
async function vacuum({ database }: RunningShop): Promise<void> {
  for (const name of ['users', 'orders', 'payments', 'postgres'])
    await withClient(database, name, (client) => client.query('VACUUM (FULL, ANALYZE)'));
}

/** Writes what is in memory to the data files. */
const checkpoint = ({ database }: RunningShop) =>
  withClient(database, 'postgres', (client) => client.query('CHECKPOINT'));

/** Amounts and lines are kept, and open orders are cancelled. @throws Error if they are not */
async function checkRetained(shop: RunningShop, { orders }: Life): Promise<void> {
  const staff = await new ShopClient(shop.apiUrl).signIn(shop.admin.email, shop.admin.password);
  const expected = ['completed', 'shipped', 'cancelled', 'cancelled'];
  for (const [index, { id }] of orders.entries()) {
    const order = await until(
      () => staff.call<{ status: string; totalCents: number }>('GET', `/api/v1/orders/${id}`),
      ({ status }) => status === expected[index],
    );
    if (order.totalCents !== 900) throw new Error(`order ${id} lost its amount`);
  }
}

async function prove(stores: Stores): Promise<boolean> {
  const { shop } = stores;
  log('a customer orders, pays, cancels, complains, exports …');
  const life = await liveALife(shop);
  await checkpoint(shop);
  const before = await search(stores, life.person);
  const known = new Set(before.findings.map((finding) => finding.split(':')[0]));
  log(`before: found ${before.findings.length} times, in ${[...known].join(', ')}`);
  // Logs never name anybody.
  const blind = storeNames.filter((store) => store !== 'logs' && !known.has(store));
  if (blind.length > 0) throw new Error(`the search finds nobody in ${blind.join(', ')}: it proves nothing`);

  await pause((hiddenSeconds + 1) * 1_000);
  const response = await life.customer.call<{ retained: object[] }>('DELETE', '/api/v1/users/me', {
    body: { currentPassword: life.customer.password },
  });
  log('erased; waiting for reactions and schedules …');
  await checkRetained(shop, life);
  await pause(schedulesMs);
  await vacuum(shop);
  await checkpoint(shop);
  const after = await search(stores, life.person);
  for (const [store, { documents, bytes }] of after.searched)
    console.log(
      `          ${store.padEnd(18)} ${String(documents).padStart(6)} documents, ${(bytes / 1e6).toFixed(1)} MB`,
    );
  if (stores.redis === undefined) console.log('          Redis              not searched: no redis-server');
  console.log(`          kept: ${JSON.stringify(response.retained)}`);
  for (const finding of after.findings) console.error(`FOUND     ${finding}`);
  log(after.findings.length === 0 ? 'nothing is found' : `found ${after.findings.length} times`);
  return after.findings.length === 0;
}

const folder = await mkdtemp(join(root, '.local-erasure-'));
const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--appendonly', 'no'], {
  stdio: 'ignore',
});
const hasRedis = await new Promise<boolean>((resolve) => {
  redis.once('spawn', () => resolve(true));
  redis.once('error', () => resolve(false));
});
try {
  const { shop, stop } = await startShopProcess({
    dataDir: folder,
    redis: hasRedis ? { host: '127.0.0.1', port: redisPort } : undefined,
  });
  try {
    const stores = { shop, dataDir: folder, redis: hasRedis ? redisPort : undefined };
    process.exitCode = (await prove(stores)) ? 0 : 1;
  } finally {
    await stop();
  }
} finally {
  redis.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
