import '../setup/enable-metrics.ts';
import { compiled } from '../../build/compiled.ts';
import { mediaService } from '../../services/media/testing/media-service.ts';
import { ordersEnvironment } from '../../services/orders/testing/environment.ts';
import { paymentsService } from '../../services/payments/testing/payments-service.ts';
import { productsService } from '../../services/products/testing/products-service.ts';
import { usersService } from '../../services/users/testing/users-service.ts';
import { lambdaContext } from '../../shared/testing/http-event.ts';
import { scheduleEvent } from '../../shared/testing/queue.ts';
import { nonEmpty } from '../setup/non-empty.ts';

type Schedule = (event: never, context: ReturnType<typeof lambdaContext>) => Promise<unknown>;

/** The scheduled function of each service that publishes events, which measures how long the oldest has waited. */
const relays: Record<string, Schedule> = {};
await ordersEnvironment();
relays['shop-orders'] = (await import('../../services/orders/src/handlers/relay-outbox.ts'))
  .handler as Schedule;
await paymentsService();
relays['shop-payments'] = (await import('../../services/payments/src/handlers/relay-outbox.ts'))
  .handler as Schedule;
await usersService();
relays['shop-users'] = (await import('../../services/users/src/handlers/relay-outbox.ts'))
  .handler as Schedule;
await productsService();
relays['shop-products'] = (await import('../../services/products/src/handlers/sweep-outbox.ts'))
  .handler as Schedule;
await mediaService();
relays['shop-media'] = (await import('../../services/media/src/handlers/sweep-outbox.ts'))
  .handler as Schedule;
const orders = await import('../../services/orders/src/app.ts');
afterAll(() => orders.database().end());

/** The metrics that are published while `work` runs, in CloudWatch's embedded metric format. */
async function publishedBy(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const { write } = process.stdout;
  const lines: string[] = [];
  process.stdout.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  try {
    await work();
  } finally {
    process.stdout.write = write;
  }
  return lines.filter((line) => line.includes('CloudWatchMetrics')).map((line) => JSON.parse(line));
}

test.each(Object.entries(relays))('the relay of %s publishes OutboxLag', async (_service, relay) => {
  const published = await publishedBy(() => relay(scheduleEvent(new Date()) as never, lambdaContext()));
  expect(published).toMatchObject([{ OutboxLag: expect.any(Number) }]);
});

test('the alarms on OutboxLag are about these services', async () => {
  const alarms = (await compiled('prod'))
    .flatMap(({ template }) => Object.values(template.Resources))
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ Properties = {} }) => [
      Properties,
      ...((Properties['Metrics'] ?? []) as { MetricStat?: { Metric?: object } }[]).map(
        ({ MetricStat }) => MetricStat?.Metric ?? {},
      ),
    ])
    .map((metric) => metric as { Namespace?: string; MetricName?: string; Dimensions?: { Value: string }[] })
    .filter(({ Namespace, MetricName }) => Namespace === 'shop-prod' && MetricName === 'OutboxLag');
  expect(
    nonEmpty(alarms)
      .map((each) => `${each.Dimensions?.[0]?.Value} ${each.MetricName}`)
      .toSorted(),
  ).toEqual(
    Object.keys(relays)
      .map((service) => `${service} OutboxLag`)
      .toSorted(),
  );
});
