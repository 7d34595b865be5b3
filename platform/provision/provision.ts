import type { BucketSpec, Deployment } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import type { Messaging } from '../engines/messaging.ts';
import { dynamoDbCall } from './dynamodb-call.ts';
import { internalQueue } from './internal-queues.ts';
import { provisionQueues } from './provision-queues.ts';
import { type EngineStreams, provisionTables } from './provision-tables.ts';
import { provisionSubscriptions, provisionTopics } from './provision-topics.ts';

/** The engines that stand for AWS. */
export type Engines = { dynamoUrl: string; messaging: Messaging };

/** What only the engines know after provisioning. */
export type Provisioned = {
  /** The engine's own ARN of each table's stream, by the table's name. */
  streams: EngineStreams;
};

/**
 * Makes in the engines what the stacks ask for, and changes what differs. What is as it should be is left alone, so
 * that a start without changes costs a few milliseconds. Tables and buckets keep their data even when no stack has
 * them any more; queues, topics and subscriptions go.
 * @throws StartError that names stack and logical id when something cannot be made or changed
 */
export async function provision(deployment: Deployment, engines: Engines): Promise<Provisioned> {
  const call = dynamoDbCall(engines.dynamoUrl, deployment.region);
  const [streams] = await Promise.all([
    provisionTables(call, deployment.tables),
    provisionMessaging(deployment, engines.messaging),
  ]);
  return { streams };
}

async function provisionMessaging(deployment: Deployment, messaging: Messaging): Promise<void> {
  const internal = deployment.subscriptions
    .filter(({ protocol }) => protocol === 'lambda')
    .map((subscription) => internalQueue(subscription, deployment));
  await provisionQueues(messaging, [...deployment.queues, ...internal]);
  await provisionTopics(messaging, deployment.topics);
  await provisionSubscriptions(messaging, deployment);
  for (const bucket of deployment.buckets) provisionBucket(messaging, bucket);
}

function provisionBucket(messaging: Messaging, bucket: BucketSpec): void {
  if (messaging.objects.hasBucket(bucket.name)) return;
  const answer = messaging.s3({
    action: 'CreateBucket',
    bucket: bucket.name,
    key: '',
    query: {},
    headers: {},
    body: Buffer.alloc(0),
  });
  if (answer.status >= 300)
    throw new StartError(
      `${bucket.stack} / ${bucket.logicalId}: the bucket ${bucket.name} is refused: ${answer.body.toString()}`,
    );
}
