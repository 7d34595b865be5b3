import type { EngineError, ObjectStore } from './fauxqs-internals.ts';

/**
 * Rejects subscriptions that SNS rejects and the engine accepts: a standard topic cannot deliver to a FIFO queue, and
 * a FIFO topic delivers only to queues
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html).
 */
export function checkSubscription(params: Record<string, string>): void {
  const { TopicArn = '', Protocol = '', Endpoint = '' } = params;
  const fifoTopic = TopicArn.endsWith('.fifo');
  if (!fifoTopic && Endpoint.endsWith('.fifo'))
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
  if (fifoTopic && Protocol !== 'sqs')
    throw invalidParameter(`Invalid parameter: Invalid protocol type: ${Protocol} for a FIFO topic`);
}

const invalidParameter = (message: string): EngineError =>
  Object.assign(new Error(message), { code: 'InvalidParameter', statusCode: 400, senderFault: true });

/**
 * Lists objects in the byte order of their keys, as S3 does. The engine sorts by locale but pages by character code, so
 * a page could begin at the wrong key. The AWS endpoint accepts no delimiter.
 */
export function listInKeyOrder(store: ObjectStore): void {
  const listAll = store.listObjects.bind(store);
  store.listObjects = (bucket, options = {}) => {
    const objects = store.buckets.get(bucket);
    if (!objects) return listAll(bucket, options); // throws NoSuchBucket
    const { prefix = '', startAfter = '', maxKeys = 1000 } = options;
    const sorted = [...objects.values()]
      .filter(({ key }) => key.startsWith(prefix) && key > startAfter)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const isTruncated = sorted.length > maxKeys;
    return { objects: sorted.slice(0, maxKeys), commonPrefixes: [], isTruncated };
  };
}
