import type { Deployment, SubscriptionSpec } from '../../build/deployment.ts';
import type { ObjectEvents } from '../aws-endpoint/s3.ts';
import type { Messaging } from '../engines/messaging.ts';
import { functionNameOf, type Invoke } from '../host/invoke.ts';
import type { AsyncEvents } from './async-events.ts';
import { bucketEvent, matchingNotifications } from './bucket-events.ts';
import { queueSource } from './queue-source.ts';
import { schedules } from './schedule-source.ts';
import type { Source } from './source.ts';
import type { SourceStore } from './source-store.ts';
import { streamClient } from './stream-client.ts';
import { streamSource } from './stream-source.ts';
import { topicSource } from './topic-source.ts';

type SourcesOptions = {
  deployment: Deployment;
  messaging: Messaging;
  /** Address of the DynamoDB engine itself. */
  dynamoUrl: string;
  objects: ObjectEvents;
  invoke: Invoke;
  events: AsyncEvents;
  store: SourceStore;
  /** The internal queue that replaces a topic's subscription of a function. */
  queueOfSubscription: (subscription: SubscriptionSpec) => { url: string };
  onError: (source: string, error: unknown) => void;
};

export type Sources = {
  /** Fires the schedule rules of a function now; how many there were. */
  runScheduleNow: (functionName: string) => number;
  nextSchedules: () => { ruleName: string; functionName: string; at: string | null }[];
  stop: () => Promise<void>;
};

/** Starts everything in the deployment that invokes functions without an HTTP request. */
export function startSources(options: SourcesOptions): Sources {
  const { deployment, messaging, invoke, events, store } = options;
  const { region, accountId } = deployment;
  const streams = streamClient(options.dynamoUrl);
  const failed = (name: string) => (error: unknown) => options.onError(name, error);
  const queues = new Map(deployment.queues.map((queue) => [queue.arn, queue]));
  const sources: Source[] = [];

  for (const mapping of deployment.mappings) {
    if (!mapping.enabled) continue;
    const functionName = functionNameOf(mapping.functionArn);
    const onError = failed(`${functionName} from ${mapping.sourceArn}`);
    const queue = queues.get(mapping.sourceArn);
    if (queue !== undefined) {
      sources.push(queueSource({ mapping, queue, functionName, messaging, invoke, onError }));
      continue;
    }
    const table = deployment.tables.find(({ stream }) => stream?.arn === mapping.sourceArn);
    if (table === undefined)
      throw new Error(`${mapping.stack}: ${mapping.sourceArn} is neither a queue nor a stream`);
    const shared = { mapping, functionName, store, invoke, onError };
    sources.push(streamSource({ ...shared, tableName: table.name, client: streams }));
  }
  for (const subscription of deployment.subscriptions) {
    if (subscription.protocol !== 'lambda') continue;
    const { url: queueUrl } = options.queueOfSubscription(subscription);
    const subscriptionArn = `${subscription.topicArn}:${subscription.logicalId}`;
    const functionName = functionNameOf(subscription.endpointArn);
    const onError = failed(`${functionName} from ${subscription.topicArn}`);
    sources.push(topicSource({ queueUrl, subscriptionArn, functionName, messaging, events, onError }));
  }
  const clock = schedules({ schedules: deployment.schedules, region, accountId, events });
  sources.push(clock, bucketSource(options));

  return {
    runScheduleNow: clock.runNow,
    nextSchedules: clock.next,
    async stop() {
      await Promise.all(sources.map((source) => source.stop()));
      await streams.close();
    },
  };
}

/** Stores each notification before the client gets the response to its upload. */
function bucketSource({ deployment, objects, events }: SourcesOptions): Source {
  const buckets = new Map(deployment.buckets.map((bucket) => [bucket.name, bucket]));
  const listener: Parameters<typeof objects.on<'created'>>[1] = (created) => {
    const bucket = buckets.get(created.bucket);
    if (bucket === undefined) return;
    const payload = JSON.stringify(bucketEvent(created, bucket, deployment.region, deployment.accountId));
    for (const { functionArn } of matchingNotifications(bucket, created)) {
      events.accept(functionNameOf(functionArn), payload);
    }
  };
  objects.on('created', listener);
  return {
    async stop() {
      objects.off('created', listener);
    },
  };
}
