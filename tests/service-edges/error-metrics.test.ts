import '../setup/enable-metrics.ts';
import type { DynamoDBRecord, S3Event, SNSEvent } from 'aws-lambda';
import * as z from 'zod';
import { compiled, deploymentOf } from '../../build/compiled.ts';
import type { Contract } from '../../shared/contracts/contract.ts';
import { Unauthenticated, Unavailable } from '../../shared/errors.ts';
import { OrderPaid } from '../../shared/events/orders.ts';
import { route } from '../../shared/http/route.ts';
import { bucketHandler } from '../../shared/lambda/bucket.ts';
import { callHandler } from '../../shared/lambda/call.ts';
import { on } from '../../shared/lambda/event-dispatch.ts';
import { httpHandler } from '../../shared/lambda/http.ts';
import { lambdaHandler } from '../../shared/lambda/lambda-handler.ts';
import { queueHandler } from '../../shared/lambda/queue.ts';
import { scheduleHandler } from '../../shared/lambda/schedule.ts';
import { streamHandler } from '../../shared/lambda/stream.ts';
import { topicHandler } from '../../shared/lambda/topic.ts';
import { anEvent } from '../../shared/testing/an-event.ts';
import { capturedLog } from '../../shared/testing/captured-log.ts';
import { httpEvent, lambdaContext } from '../../shared/testing/http-event.ts';
import { scheduleEvent, sqsEvent } from '../../shared/testing/queue.ts';
import { nonEmpty } from '../setup/non-empty.ts';

const id = '0190a0b0-0000-7000-8000-000000000001';
const paid = anEvent(OrderPaid, {
  orderId: id,
  userId: id,
  orderNumber: 'N',
  totalCents: 100,
  currency: 'EUR' as const,
  lines: [{ productId: id, name: 'Lamp', quantity: 1, unitPriceCents: 100 }],
  paymentId: id,
});
const aRoute = route({
  name: 'probe',
  method: 'GET',
  path: '/api/v1/probe',
  summary: 'Probe.',
  access: 'public',
  responses: {},
});
const contract: Contract<z.ZodAny, z.ZodAny, z.ZodAny> = {
  name: 'probe',
  request: z.any(),
  response: z.any(),
  refusal: z.any(),
};
const streamRecord: DynamoDBRecord = { eventID: '1', dynamodb: { SequenceNumber: '1' } };
const bucketEvent = {
  Records: [{ s3: { bucket: { name: 'b' }, object: { key: 'k', size: 1, sequencer: '1' } } }],
} as S3Event;
const topicEvent = { Records: [{ Sns: { Message: JSON.stringify(paid) } }] } as SNSEvent;

/** Every wrapper, with a handler that throws. `throws`: the invocation fails, because Lambda or the caller must know. */
const wrappers: Record<string, { throws: boolean; invoke: (error: Error) => Promise<unknown> }> = {
  http: {
    throws: false,
    invoke: (error) => httpHandler(aRoute, () => Promise.reject(error))(httpEvent(aRoute), lambdaContext()),
  },
  queue: {
    throws: false,
    invoke: (error) =>
      queueHandler([on(OrderPaid, () => Promise.reject(error))])(sqsEvent(paid), lambdaContext()),
  },
  stream: {
    throws: false,
    invoke: (error) =>
      streamHandler(() => Promise.reject(error))({ Records: [streamRecord] }, lambdaContext()),
  },
  topic: {
    throws: true,
    invoke: (error) =>
      topicHandler([on(OrderPaid, () => Promise.reject(error))])(topicEvent, lambdaContext()),
  },
  bucket: {
    throws: true,
    invoke: (error) => bucketHandler(() => Promise.reject(error))(bucketEvent, lambdaContext()),
  },
  schedule: {
    throws: true,
    invoke: (error) =>
      scheduleHandler(() => Promise.reject(error))(scheduleEvent(new Date()) as never, lambdaContext()),
  },
  call: {
    throws: true,
    invoke: (error) => callHandler(contract, () => Promise.reject(error))({}, lambdaContext()),
  },
  authorizer: {
    throws: true,
    invoke: (error) => lambdaHandler(() => Promise.reject(error))({}, lambdaContext()),
  },
};

type Published = {
  _aws: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] };
};

/** The metrics of one failure, in CloudWatch's embedded metric format, each as its name and its dimensions' names. */
async function publishedFor(name: string, error: Error): Promise<string[]> {
  const { throws, invoke } = wrappers[name]!;
  let thrown: unknown;
  const log = await capturedLog(() => invoke(error).catch((reason: unknown) => (thrown = reason)));
  expect([name, thrown]).toEqual([name, throws ? error : undefined]);
  const lines = log.split('\n').filter((line) => line.includes('CloudWatchMetrics'));
  return lines.flatMap((line) =>
    (JSON.parse(line) as Published)._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
      Metrics.flatMap((metric) => Dimensions.map((each) => `${metric.Name} by ${each.join(', ')}`)),
    ),
  );
}
const twice = (metric: string) => [
  `${metric} by service, FunctionName`,
  `${metric} by service, FunctionName, ExecutedVersion`,
];

describe.each(Object.entries(wrappers))('the %s wrapper', (name, { throws }) => {
  test('counts an unexpected error by function and by version', async () => {
    expect(await publishedFor(name, new TypeError('a defect'))).toEqual([
      ...(throws ? twice('ThrownErrors') : []),
      ...twice('UnexpectedErrors'),
    ]);
  });

  test.each([new Unavailable('Try again.'), new Unauthenticated('Unauthorized')])(
    'does not count an error on purpose (%s) as unexpected',
    async (error) => {
      expect(await publishedFor(name, error)).toEqual(throws ? twice('ThrownErrors') : []);
    },
  );
});

describe('alarms on errors', () => {
  type MetricQuery = {
    Namespace?: string;
    MetricName?: string;
    Dimensions?: { Name: string; Value: unknown }[];
  };
  type Alarm = MetricQuery & {
    AlarmName: string;
    Metrics?: { Expression?: string; MetricStat?: { Metric: MetricQuery } }[];
  };
  let alarms: Alarm[];
  let ofShop: MetricQuery[];
  const queriesOf = (alarm: Alarm): MetricQuery[] => [
    alarm,
    ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])),
  ];
  beforeAll(async () => {
    alarms = (await compiled('prod'))
      .flatMap(({ template }) => Object.values(template.Resources))
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Properties as Alarm);
    ofShop = nonEmpty(
      alarms.flatMap(queriesOf).filter(({ Namespace }) => Namespace && !/^AWS\//.test(Namespace)),
    );
  }, 180_000);

  test('use metrics that a wrapper publishes, with the same dimensions', async () => {
    const published = new Set(['OutboxLag by service']); // published by: outbox-lag.int.test.ts
    for (const name of Object.keys(wrappers))
      for (const metric of await publishedFor(name, new TypeError('a defect'))) published.add(metric);
    const used = ofShop.map(
      ({ MetricName, Dimensions = [] }) =>
        `${MetricName} by ${Dimensions.map(({ Name }) => Name).join(', ')}`,
    );
    expect([...new Set(used)].toSorted()).toEqual([...published].toSorted());
  });

  test('name a function, and its own service and namespace', async () => {
    const functions = new Map((await deploymentOf('prod')).functions.map((each) => [each.name, each]));
    const named = ofShop.filter(({ MetricName }) => MetricName !== 'OutboxLag');
    for (const { Namespace, Dimensions = [] } of nonEmpty(named)) {
      const { service, FunctionName } = Object.fromEntries(
        Dimensions.map(({ Name, Value }) => [Name, Value]),
      );
      expect(functions.get(String(FunctionName))?.environment).toMatchObject({
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: Namespace,
      });
    }
  });

  test('never count what a function throws on purpose: Lambda’s own metric is used only where the wrapper returns errors', async () => {
    const { functions, mappings, apis } = await deploymentOf('prod');
    const returning = new Set([
      ...mappings.map(({ functionArn }) => functionArn),
      ...apis.flatMap(({ methods }) =>
        methods.flatMap(({ integration }) =>
          integration.kind === 'lambda' ? [integration.functionArn] : [],
        ),
      ),
    ]);
    const throwing = functions.filter(({ arn }) => !returning.has(arn)).map(({ name }) => name);
    expect(throwing).toEqual(
      expect.arrayContaining(['shop-users-prod-authorizer', 'shop-media-prod-process-image']),
    );
    const onLambdaErrors = nonEmpty(
      alarms.filter((alarm) =>
        queriesOf(alarm).some(
          ({ Namespace, MetricName }) => Namespace === 'AWS/Lambda' && MetricName === 'Errors',
        ),
      ),
    );
    const counting = onLambdaErrors.filter(({ Metrics = [] }) =>
      Metrics.every(({ Expression = '' }) => !/ - FILL\((thrown|less), 0\)$/.test(Expression)),
    );
    const watched = counting.flatMap(({ Dimensions = [] }) =>
      Dimensions.filter(({ Name }) => Name === 'FunctionName').map(({ Value }) => String(Value)),
    );
    expect(nonEmpty(watched).filter((name) => throwing.includes(name))).toEqual([]);
  });
});
