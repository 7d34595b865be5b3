import type { QueueSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { type Messaging, MessagingError } from '../engines/messaging.ts';

/** What a queue has when its template says nothing (SQS API, SetQueueAttributes). */
const queueDefaults: Record<string, string> = {
  VisibilityTimeout: '30',
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedrivePolicy: '',
};
const fifoQueueDefaults: Record<string, string> = {
  ...queueDefaults,
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};
/** The engine takes these at the queue's making only. */
const immutableAttributes = new Set(['FifoQueue', 'DeduplicationScope', 'FifoThroughputLimit']);

/**
 * Makes queues that are missing, sets attributes that differ, and deletes those that no stack has any more, as
 * CloudFormation does.
 * @throws StartError for a change that the engine cannot make, and for an attribute that it refuses
 */
export async function provisionQueues(
  messaging: Messaging,
  queues: Pick<QueueSpec, QueueKeys>[],
): Promise<void> {
  for (const queue of queues) await provisionQueue(messaging, queue);
  const wanted = new Set(queues.map(({ name }) => name));
  const gone = [...messaging.queues()].map(({ name }) => name).filter((name) => !wanted.has(name));
  for (const name of gone)
    await messaging.sqs('DeleteQueue', { QueueUrl: messaging.queue(name)?.url ?? name });
}

type QueueKeys = 'name' | 'fifo' | 'attributes' | 'stack' | 'logicalId';

async function provisionQueue(messaging: Messaging, queue: Pick<QueueSpec, QueueKeys>): Promise<void> {
  const { name, attributes } = queue;
  const where = `${queue.stack} / ${queue.logicalId}: the queue ${name}`;
  const known = messaging.queue(name)?.attributes;
  try {
    if (!known) {
      await messaging.sqs('CreateQueue', { QueueName: name, Attributes: { ...attributes } });
      return;
    }
    const wanted = { ...(queue.fifo ? fifoQueueDefaults : queueDefaults), ...attributes };
    const changed = Object.entries(wanted).filter(
      ([key, value]) => value !== (known[key] ?? queueDefaults[key]),
    );
    const fixed = changed.find(([key]) => immutableAttributes.has(key));
    if (fixed)
      throw new StartError(
        `${where} exists and ${fixed[0]} cannot change from ${known[fixed[0]]} to ${fixed[1]}. ` +
          '`npm run reset` empties the local data, so that it can be made anew.',
      );
    if (changed.length === 0) return;
    const QueueUrl = messaging.queue(name)?.url ?? name;
    await messaging.sqs('SetQueueAttributes', { QueueUrl, Attributes: Object.fromEntries(changed) });
  } catch (error) {
    if (error instanceof MessagingError) throw new StartError(`${where} is refused: ${error.message}`);
    throw error;
  }
}
