import type { BucketSpec, Deployment } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { dynamoDbClient } from '../engines/dynamodb-client.ts';
import type { Messaging } from '../engines/messaging.ts';
import { internalQueue } from './internal-queues.ts';
import { provisionQueues } from './provision-queues.ts';
import { provisionTables } from './provision-tables.ts';
import { provisionSubscriptions, provisionTopics } from './provision-topics.ts';

/** The engines that replace AWS locally. */
type Engines = { dynamoUrl: string; messaging: Messaging };

/**
 * Creates in the engines what the stacks declare, and changes what differs. A start without changes costs a few
 * milliseconds. Tables and buckets that no stack declares any more keep their data; queues, topics and subscriptions
 * are deleted.
 * @throws StartError that names stack and logical id when something cannot be created or changed
 */
export async function provision(deployment: Deployment, engines: Engines): Promise<void> {
  const dynamo = dynamoDbClient(engines.dynamoUrl);
  try {
    await Promise.all([
      provisionTables(dynamo.call, deployment.tables),
      provisionMessaging(deployment, engines.messaging),
    ]);
  } finally {
    await dynamo.close();
  }
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
  const response = messaging.s3({
    action: 'CreateBucket',
    bucket: bucket.name,
    key: '',
    query: {},
    headers: {},
    body: Buffer.alloc(0),
  });
  if (response.status >= 300)
    throw new StartError(
      `${bucket.stack} / ${bucket.logicalId}: the bucket ${bucket.name} is rejected: ${response.body.toString()}`,
    );
}
