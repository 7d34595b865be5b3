import { LambdaClient } from '@aws-sdk/client-lambda';
import { systemClock } from '#shared/clock.ts';
import type { CommandMeta } from '#shared/decider.ts';
import type { Topic } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { lazy } from '#shared/lazy.ts';
import { lean } from '#shared/lean-client.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { connect, connectReader } from '#shared/postgres/connect.ts';
import { postgresIdempotency } from '#shared/postgres/idempotency.ts';
import { postgresOutbox } from '#shared/postgres/outbox.ts';
import { exportPartTo } from '#shared/privacy/export-part.ts';
import { customerData } from './adapters/customer-data.ts';
import { orderReader } from './adapters/order-reader.ts';
import { orderStore } from './adapters/order-store.ts';
import { productCatalog } from './adapters/product-catalog.ts';
import { config } from './config.ts';

export { config } from './config.ts';
export { migrations } from './migrations.ts';

const topicArns = (): Partial<Record<Topic, string>> => ({
  'order-events.fifo': config.ORDER_EVENTS_TOPIC_ARN,
  'order-created': config.ORDER_CREATED_TOPIC_ARN,
  'order-completed': config.ORDER_COMPLETED_TOPIC_ARN,
  'order-cancelled': config.ORDER_CANCELLED_TOPIC_ARN,
});
const arnOf = (topic: Topic): string => {
  const arn = topicArns()[topic];
  if (arn === undefined) throw new Error(`orders has no ARN for the topic ${topic}`);
  return arn;
};

/** The wiring of this service; each part is created at its first use. */
export const clock = systemClock;
export const commandMeta = (): CommandMeta => ({ at: clock(), eventId: newId() });
export const database = /* @__PURE__ */ lazy(() => connect(config));
export const outbox = /* @__PURE__ */ lazy(() => postgresOutbox(database(), snsPublisher(arnOf)));
export const idempotencyStore = /* @__PURE__ */ lazy(() => postgresIdempotency(database()));
export const reader = /* @__PURE__ */ lazy(() => orderReader(database()));
export const replicas = /* @__PURE__ */ lazy(() => connectReader(config));
/** For lists, which may lag behind; decisions read from the primary database. */
export const replicaReader = /* @__PURE__ */ lazy(() => orderReader(replicas()));
export const orders = /* @__PURE__ */ lazy(() => orderStore(database(), outbox()));
export const customers = /* @__PURE__ */ lazy(() => customerData(database()));
export const exportPart = /* @__PURE__ */ lazy(() => exportPartTo(config.USER_FILES_BUCKET, 'orders'));
// The adapter retries, not the client. A customer waits: a reservation takes milliseconds, so one that takes two
// seconds has failed.
const lambda = /* @__PURE__ */ lazy(() =>
  lean(new LambdaClient({ maxAttempts: 1 }), { connectMs: 1_000, responseMs: 2_000 }),
);
export const catalog = /* @__PURE__ */ lazy(() =>
  productCatalog(lambda(), {
    reserveStock: config.RESERVE_STOCK_FUNCTION,
    releaseStock: config.RELEASE_STOCK_FUNCTION,
  }),
);
