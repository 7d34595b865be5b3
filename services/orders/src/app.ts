import { LambdaClient } from '@aws-sdk/client-lambda';
import { systemClock } from '#shared/clock.ts';
import type { Topic } from '#shared/events/event.ts';
import { lazy } from '#shared/lazy.ts';
import { lean } from '#shared/lean-client.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { connect, connectReader } from '#shared/postgres/connect.ts';
import { postgresOutbox } from '#shared/postgres/outbox.ts';
import { orderReader } from './adapters/order-reader.ts';
import { orderStore } from './adapters/order-store.ts';
import { productCatalog } from './adapters/product-catalog.ts';
import { config } from './config.ts';

const topicArns = (): Partial<Record<Topic, string>> => ({
  'order-events.fifo': config.ORDER_EVENTS_TOPIC_ARN,
  'order-created': config.ORDER_CREATED_TOPIC_ARN,
  'order-completed': config.ORDER_COMPLETED_TOPIC_ARN,
  'order-cancelled': config.ORDER_CANCELLED_TOPIC_ARN,
});
const arnOf = (topic: Topic): string => {
  const arn = topicArns()[topic];
  if (arn === undefined) throw new Error(`orders does not publish to ${topic}`);
  return arn;
};

/** The wiring of this service; each part is made at its first use. */
export const clock = systemClock;
export const database = /* @__PURE__ */ lazy(() => connect(config));
export const outbox = /* @__PURE__ */ lazy(() => postgresOutbox(database(), snsPublisher(arnOf)));
export const reader = /* @__PURE__ */ lazy(() => orderReader(database()));
export const readDatabase = /* @__PURE__ */ lazy(() => connectReader(config));
/** Lists may lag a moment behind; what decides is read from the database itself. */
export const listed = /* @__PURE__ */ lazy(() => orderReader(readDatabase()));
export const orders = /* @__PURE__ */ lazy(() => orderStore(database(), outbox()));
// One call each, the adapter itself decides on a second. A customer waits: a reservation takes milliseconds, so what
// takes two seconds has gone wrong.
const lambda = /* @__PURE__ */ lazy(() =>
  lean(new LambdaClient({ maxAttempts: 1 }), { connectMs: 1_000, answerMs: 2_000 }),
);
export const catalog = /* @__PURE__ */ lazy(() =>
  productCatalog(lambda(), {
    reserveStock: config.RESERVE_STOCK_FUNCTION,
    releaseStock: config.RELEASE_STOCK_FUNCTION,
  }),
);
