import { inProcessCache } from '#shared/cache/in-process.ts';
import { redisCache } from '#shared/cache/redis.ts';
import { systemClock } from '#shared/clock.ts';
import { dynamo as dynamoDb } from '#shared/dynamo/dynamo.ts';
import { dynamoRelay } from '#shared/dynamo/outbox.ts';
import { batchTransactions } from '#shared/dynamo/transaction-batcher.ts';
import { lazy } from '#shared/lazy.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { categoryStore } from './adapters/category-store.ts';
import { inventoryStore } from './adapters/inventory-store.ts';
import { lowStock as announceLowStock } from './adapters/low-stock.ts';
import { productStore } from './adapters/product-store.ts';
import { recentStock } from './adapters/recent-stock.ts';
import type { Tables } from './adapters/tables.ts';
import { config } from './config.ts';

/** The wiring of this service; each part is made at its first use. */
export const clock = systemClock;
export const tables: Tables = {
  products: config.PRODUCTS_TABLE,
  categories: config.CATEGORIES_TABLE,
  inventory: config.INVENTORY_TABLE,
  reservations: config.RESERVATIONS_TABLE,
  outbox: config.OUTBOX_TABLE,
  idempotency: config.IDEMPOTENCY_TABLE,
};
/** Where answered requests are remembered. */
export const answered = { table: tables.idempotency, service: 'products' };

export const dynamo = /* @__PURE__ */ lazy(() => dynamoDb());
export const categories = /* @__PURE__ */ lazy(() => categoryStore(dynamo(), tables.categories));
export const products = /* @__PURE__ */ lazy(() => productStore(dynamo(), tables));
export const inventory = /* @__PURE__ */ lazy(() => inventoryStore(dynamo(), tables));
export const lowStock = /* @__PURE__ */ lazy(() => announceLowStock(dynamo(), tables, clock));
export const ledger = /* @__PURE__ */ lazy(() => ({
  dynamo: dynamo(),
  commit: batchTransactions(dynamo()),
  tables,
  recent: recentStock(),
  lowStock: lowStock(),
  clock,
}));
export const relay = /* @__PURE__ */ lazy(() =>
  dynamoRelay(
    dynamo(),
    tables.outbox,
    snsPublisher(() => config.PRODUCT_EVENTS_TOPIC_ARN),
  ),
);
export const cache = /* @__PURE__ */ lazy(() =>
  config.REDIS_HOST === 'none'
    ? inProcessCache()
    : redisCache(
        {
          host: config.REDIS_HOST,
          port: config.REDIS_PORT,
          mode: config.REDIS_MODE,
          secretId: config.REDIS_SECRET_ID,
        },
        'products:',
      ),
);
