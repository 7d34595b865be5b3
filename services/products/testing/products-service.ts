import { randomUUID } from 'node:crypto';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import type { Item } from '#shared/dynamo/write.ts';
import type { Route } from '#shared/http/route.ts';
import { aBucket, aQueue, aTopic } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { sqsEvent } from '#shared/testing/queue.ts';
import { catalogueTables } from './catalogue.ts';

/** An admin, as the authorizer passes one on. */
export const admin = { userId: randomUUID(), roles: ['admin'] as 'admin'[] };

/** The body of any response of the service, or a problem. */
export type Body = Item & {
  code?: string;
  errors?: { field: string; message: string }[];
  productId: string;
  version: number;
  items: Body[];
  nextCursor?: string;
};
type HttpHandler = Parameters<typeof send>[0];

/** Creates tables and a topic with a queue, and sets the service's environment. */
async function resources() {
  const tables = await catalogueTables();
  const queue = await aQueue({ fifo: true });
  const topic = await aTopic({ fifo: true, queues: [queue] });
  setEnvironment({
    PRODUCTS_TABLE: tables.products,
    CATEGORIES_TABLE: tables.categories,
    INVENTORY_TABLE: tables.inventory,
    RESERVATIONS_TABLE: tables.reservations,
    OUTBOX_TABLE: tables.outbox,
    IDEMPOTENCY_TABLE: tables.idempotency,
    USER_FILES_BUCKET: await aBucket(),
    PRODUCT_EVENTS_TOPIC_ARN: topic,
  });
  return { tables, queue };
}

/** The products service on fresh tables; tests call its handlers as API Gateway, Lambda and SQS do. */
export async function productsService() {
  const { tables, queue } = await resources();
  const api = await import('../src/api.ts');
  const handlers: Record<string, HttpHandler> = {};
  for (const { name } of api.routes)
    handlers[name] = ((await import(`../src/handlers/${name}.ts`)) as { handler: HttpHandler }).handler;
  const { handler: onMediaProcessed } = await import('../src/handlers/on-media-processed.ts');
  const { handler: onOrderEvent } = await import('../src/handlers/on-order-event.ts');
  const { handler: reserveStock } = await import('../src/handlers/reserve-stock.ts');
  const { handler: releaseStock } = await import('../src/handlers/release-stock.ts');
  const { handler: relayOutbox } = await import('../src/handlers/relay-outbox.ts');

  const call = (route: Route, request: TestRequest = {}) =>
    send<Body>(
      handlers[route.name]!,
      route,
      route.access === 'public' ? request : { caller: admin, ...request },
    );
  return {
    api,
    tables,
    queue,
    call,
    /** Creates a product in the category `lamps`; returns the response's body. */
    async aProduct(over: Record<string, unknown> = {}) {
      await call(api.createCategoryRoute, { body: { categoryId: 'lamps', name: 'Lamps' } });
      const body = {
        name: 'Lamp',
        category: 'lamps',
        price: { amountCents: 1000, currency: 'EUR' },
        ...over,
      };
      return (await call(api.createProductRoute, { body })).body;
    },
    asItIsNow: async (productId: string) =>
      (
        await call(api.getProductRoute, {
          params: { id: productId },
          headers: { 'Cache-Control': 'no-cache' },
        })
      ).body,
    deliverPicture: (event: unknown) => onMediaProcessed(sqsEvent(event), lambdaContext()),
    deliverOrderEvent: (event: unknown) => onOrderEvent(sqsEvent(event), lambdaContext()),
    reserve: (request: unknown) => reserveStock(request as never, lambdaContext()),
    release: (request: unknown) => releaseStock(request as never, lambdaContext()),
    relay: (aggregateId: string) => relayOutbox(insertOf(aggregateId), lambdaContext()),
    /** The events of an aggregate in the outbox, in order. */
    async events(aggregateId: string): Promise<{ type: string; data: Item; sequence: number }[]> {
      const { items } = await dynamo().query<{ message: string }>({
        table: tables.outbox,
        where: 'aggregate_id = :id',
        values: { ':id': aggregateId },
      });
      return items.map(({ message }) => JSON.parse(message));
    },
  };
}

/** The stream's record of a new outbox entry. */
const insertOf = (aggregateId: string): DynamoDBStreamEvent => ({
  Records: [
    {
      eventID: '1',
      eventName: 'INSERT',
      dynamodb: { Keys: { aggregate_id: { S: aggregateId } }, SequenceNumber: '1' },
    },
  ],
});
