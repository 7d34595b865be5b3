import { memoryCache } from '#shared/cache/memory.ts';
import { redisTier } from '#shared/cache/redis.ts';
import { systemClock } from '#shared/clock.ts';
import { dynamo as dynamoDb } from '#shared/dynamo/dynamo.ts';
import { dynamoIdempotencyStore } from '#shared/dynamo/idempotency.ts';
import { dynamoRelay } from '#shared/dynamo/outbox.ts';
import { batchTransactions } from '#shared/dynamo/transaction-batcher.ts';
import { lazy } from '#shared/lazy.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { exportPartTo } from '#shared/privacy/export-part.ts';
import { redisAddressOf } from '#shared/redis/client.ts';
import { categoryStore } from './adapters/category-store.ts';
import { type ProductFilter, listProducts as queryProducts } from './adapters/product-listing.ts';
import { productStore } from './adapters/product-store.ts';
import { reservationStore } from './adapters/reservation-store.ts';
import { stockCache } from './adapters/stock-cache.ts';
import { stockStore } from './adapters/stock-store.ts';
import type { Tables } from './adapters/tables.ts';
import { config } from './config.ts';
import { lowStockAnnouncer } from './workflows/announce-low-stock.ts';
import type { ReservationDeps } from './workflows/reservation-deps.ts';

/** The wiring of this service; each part is created on first use. */
export const clock = systemClock;
const tables: Tables = {
  products: config.PRODUCTS_TABLE,
  categories: config.CATEGORIES_TABLE,
  inventory: config.INVENTORY_TABLE,
  reservations: config.RESERVATIONS_TABLE,
  outbox: config.OUTBOX_TABLE,
  idempotency: config.IDEMPOTENCY_TABLE,
};

const dynamo = /* @__PURE__ */ lazy(() => dynamoDb());
export const idempotencyStore = /* @__PURE__ */ lazy(() => dynamoIdempotencyStore(dynamo(), tables));
export const categories = /* @__PURE__ */ lazy(() => categoryStore(dynamo(), tables));
export const products = /* @__PURE__ */ lazy(() => productStore(dynamo(), tables));
export const listProducts = (filter: ProductFilter) => queryProducts(dynamo(), tables.products, filter);
export const stock = /* @__PURE__ */ lazy(() => stockStore(dynamo(), tables));
export const lowStock = /* @__PURE__ */ lazy(() => lowStockAnnouncer(stock(), clock));
export const reservationDeps = /* @__PURE__ */ lazy(
  (): ReservationDeps => ({
    reservations: reservationStore(dynamo(), batchTransactions(dynamo()), tables),
    stockCache: stockCache(),
    lowStock: lowStock(),
    clock,
  }),
);
export const relay = /* @__PURE__ */ lazy(() =>
  dynamoRelay(
    dynamo(),
    tables.outbox,
    snsPublisher(() => config.PRODUCT_EVENTS_TOPIC_ARN),
  ),
);
const sharedTier = () => {
  const address = redisAddressOf(config);
  return address && redisTier(address, 'products:');
};
export const cache = /* @__PURE__ */ lazy(() => memoryCache({ shared: sharedTier() }));
export const exportPart = /* @__PURE__ */ lazy(() => exportPartTo(config.USER_FILES_BUCKET, 'products'));
