import { aBucket, aQueue, aTopic } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { aMigratedDatabase } from '#shared/testing/postgres.ts';
import { databaseEnvironment } from '#shared/testing/secrets.ts';
import { aPaymentProvider } from '../../../platform/payments-sandbox/payment-provider-under-test.ts';
import { migrations } from '../src/migrations.ts';

/**
 * The service's stores, topic and provider for one test file, and its settings: call it before the service's modules
 * are imported. `published` receives what goes to payment-events.fifo.
 */
export async function paymentsEnvironment() {
  const { at, database } = await aMigratedDatabase(...migrations);
  const provider = await aPaymentProvider();
  const published = await aQueue({ fifo: true });
  const bucket = await aBucket();
  setEnvironment({
    ...(await databaseEnvironment(at)),
    USER_FILES_BUCKET: bucket,
    AWS_LAMBDA_MAX_CONCURRENCY: '8',
    PAYMENT_EVENTS_TOPIC_ARN: await aTopic({ fifo: true, queues: [published] }),
    PAYMENT_PROVIDER_URL: provider.sandbox.url,
    PAYMENT_PROVIDER_TIMEOUT_MS: '1500',
    PAYMENT_PROVIDER_SECRET_ID: provider.secretId,
  });
  return { database, published, bucket, ...provider };
}
