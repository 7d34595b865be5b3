import type { EngineError, Listing, ListOptions, ObjectStore } from './fauxqs-internals.ts';

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
 * a page could begin at the wrong key.
 */
export function listInKeyOrder(store: ObjectStore): void {
  const listAll = store.listObjects.bind(store);
  store.listObjects = (bucket, options = {}) => {
    const objects = store.buckets.get(bucket);
    if (!objects) return listAll(bucket, options); // throws NoSuchBucket
    const after = options.startAfter ?? options.marker ?? '';
    return page(
      [...objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
      after,
      options,
    );
  };
}

function page(sorted: Listing['objects'], after: string, options: ListOptions): Listing {
  const { prefix = '', delimiter, maxKeys = 1000 } = options;
  const objects: Listing['objects'] = [];
  const folders = new Set<string>();
  for (const object of sorted) {
    if (!object.key.startsWith(prefix) || object.key <= after) continue;
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const folder = delimiter && end >= 0 ? object.key.slice(0, end + delimiter.length) : undefined;
    if (folder !== undefined && (folder <= after || folders.has(folder))) continue;
    if (objects.length + folders.size >= maxKeys)
      return { objects, commonPrefixes: [...folders], isTruncated: true };
    if (folder === undefined) objects.push(object);
    else folders.add(folder);
  }
  return { objects, commonPrefixes: [...folders], isTruncated: false };
}
