import { aBucket, aQueue, aTopic, type TestQueue } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { aMigratedDatabase } from '#shared/testing/postgres.ts';
import { databaseEnvironment } from '#shared/testing/secrets.ts';
import { migrations } from '../src/migrations.ts';

/**
 * The service's stores and topics for one test file, and its settings: call it before the service's modules are
 * imported. `published` receives what goes to order-events.fifo, `announced` what goes to the plain topics.
 */
export async function ordersEnvironment(catalogUrl = 'http://127.0.0.1:9') {
  const { at, database } = await aMigratedDatabase(...migrations);
  const [published, announced]: [TestQueue, TestQueue] = [await aQueue({ fifo: true }), await aQueue()];
  const plainTopic = await aTopic({ queues: [announced] });
  const bucket = await aBucket();
  const settings = await databaseEnvironment(at);
  setEnvironment({
    ...settings,
    DATABASE_READ_HOSTS: settings['DATABASE_HOST'] ?? at.host,
    DATABASE_READER: at.user,
    AWS_LAMBDA_MAX_CONCURRENCY: '8',
    ORDER_EVENTS_TOPIC_ARN: await aTopic({ fifo: true, queues: [published] }),
    ORDER_CREATED_TOPIC_ARN: plainTopic,
    ORDER_COMPLETED_TOPIC_ARN: plainTopic,
    ORDER_CANCELLED_TOPIC_ARN: plainTopic,
    USER_FILES_BUCKET: bucket,
    RESERVE_STOCK_FUNCTION: 'reserve-stock',
    RELEASE_STOCK_FUNCTION: 'release-stock',
    AWS_ENDPOINT_URL_LAMBDA: catalogUrl,
  });
  return { database, published, announced, bucket };
}
