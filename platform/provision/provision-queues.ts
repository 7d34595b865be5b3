import type { QueueSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { type Messaging, MessagingError } from '../engines/messaging.ts';

/** SQS's defaults for attributes that a template does not set (SQS API, SetQueueAttributes). */
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
/** The engine accepts these only when it creates the queue. */
const immutableAttributes = new Set(['FifoQueue', 'DeduplicationScope', 'FifoThroughputLimit']);

/**
 * Creates missing queues, sets attributes that differ, and deletes queues that no stack declares, as CloudFormation does.
 * @throws StartError for a change that the engine does not support, and for an attribute that it rejects
 */
export async function provisionQueues(messaging: Messaging, queues: DeclaredQueue[]): Promise<void> {
  for (const queue of queues) await provisionQueue(messaging, queue);
  const declared = new Set(queues.map(({ name }) => name));
  for (const { name, url } of [...messaging.queues()])
    if (!declared.has(name)) await messaging.sqs('DeleteQueue', { QueueUrl: url });
}

type DeclaredQueue = Pick<QueueSpec, 'name' | 'fifo' | 'attributes' | 'stack' | 'logicalId'>;

async function provisionQueue(messaging: Messaging, queue: DeclaredQueue): Promise<void> {
  const { name, attributes } = queue;
  const where = `${queue.stack} / ${queue.logicalId}: the queue ${name}`;
  const existing = messaging.queue(name);
  try {
    if (!existing) {
      await messaging.sqs('CreateQueue', { QueueName: name, Attributes: { ...attributes } });
      return;
    }
    const wanted = { ...(queue.fifo ? fifoQueueDefaults : queueDefaults), ...attributes };
    const current = existing.attributes;
    const changed = Object.entries(wanted).filter(
      ([key, value]) => value !== (current[key] ?? queueDefaults[key]),
    );
    const immutable = changed.find(([key]) => immutableAttributes.has(key));
    if (immutable)
      throw new StartError(
        `${where} exists and ${immutable[0]} cannot change from ${current[immutable[0]]} to ${immutable[1]}. ` +
          '`npm run reset` deletes the local data, so that the queue can be created again.',
      );
    if (changed.length === 0) return;
    const Attributes = Object.fromEntries(changed);
    await messaging.sqs('SetQueueAttributes', { QueueUrl: existing.url, Attributes });
  } catch (error) {
    if (error instanceof MessagingError) throw new StartError(`${where} is rejected: ${error.message}`);
    throw error;
  }
}
