import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStores, fauxqsModule, fauxqsRoot, loadActions, supportedVersion } from './fauxqs-internals.ts';
import { snsActionNames, sqsActionNames } from './messaging.ts';
import { s3Actions } from './messaging-s3.ts';

const advice = (what: string) =>
  `fauxqs has changed: ${what}. Adapt platform/engines/fauxqs-internals.ts to the new version.`;

describe('the private parts of fauxqs', () => {
  test('are those of the supported version', () => {
    const { version } = JSON.parse(readFileSync(join(fauxqsRoot, 'package.json'), 'utf8'));
    if (version !== supportedVersion) throw new Error(advice(`it is version ${version}`));
    expect(version).toBe(supportedVersion);
  });

  test('have every method that the platform calls or replaces', async () => {
    const { SqsStore, SqsQueue } = await fauxqsModule('sqs/sqsStore.js');
    const { SnsStore } = await fauxqsModule('sns/snsStore.js');
    const { S3Store } = await fauxqsModule('s3/s3Store.js');
    const { PersistenceManager } = await fauxqsModule('persistence.js');
    const methods: [string, object, string][] = [
      ['SqsStore', SqsStore.prototype, 'allQueues processAllTimers getQueue getQueueByName shutdown'],
      ['SqsQueue', SqsQueue.prototype, 'waitForMessages isFifo getAttribute recordDeduplication'],
      ['SqsQueue', SqsQueue.prototype, 'inspectMessages startPollTimerIfNeeded'],
      ['SnsStore', SnsStore.prototype, 'getSubscription'],
      ['S3Store', S3Store.prototype, 'listObjects hasBucket createBucket getObject headObject'],
      [
        'PersistenceManager',
        PersistenceManager.prototype,
        'load transaction close insertMessage deleteMessage',
      ],
      ['PersistenceManager', PersistenceManager.prototype, 'updateMessageInflight updateMessageReady'],
      ['PersistenceManager', PersistenceManager.prototype, 'updateQueueSequenceCounter'],
    ];
    const missing = methods.flatMap(([name, prototype, members]) =>
      members
        .split(' ')
        .filter((member) => typeof Reflect.get(prototype, member) !== 'function')
        .map((member) => `${name}.${member} is missing`),
    );
    if (missing.length > 0) throw new Error(advice(missing.join(', ')));
    expect(missing).toEqual([]);
  });

  test('have every property that the platform reads', async () => {
    const { sqs, sns, objects } = await createStores();
    const actions = await loadActions<(input: object, store: object, request: object) => unknown>('sqs', [
      'createQueue',
    ]);
    actions.get('createQueue')?.({ QueueName: 'q' }, sqs, { headers: { host: 'h' } });
    const queue = sqs.getQueueByName('q');
    const shapes = {
      'SqsStore.host': typeof sqs.host,
      'SqsQueue.url': typeof queue?.url,
      'SqsQueue.arn': typeof queue?.arn,
      'SqsQueue.attributes': typeof queue?.attributes,
      'SqsQueue.pollWaiters': Array.isArray(queue?.pollWaiters),
      'SqsQueue.inspectMessages()': Object.keys(queue?.inspectMessages() ?? {}).toSorted(),
      'SnsStore.topics': sns.topics instanceof Map,
      'SnsStore.subscriptions': sns.subscriptions instanceof Map,
      'S3Store.buckets': objects.buckets instanceof Map,
    };
    expect(shapes).toEqual({
      'SqsStore.host': 'string',
      'SqsQueue.url': 'string',
      'SqsQueue.arn': 'string',
      'SqsQueue.attributes': 'object',
      'SqsQueue.pollWaiters': true,
      'SqsQueue.inspectMessages()': ['delayed', 'inflight', 'ready'],
      'SnsStore.topics': true,
      'SnsStore.subscriptions': true,
      'S3Store.buckets': true,
    });
  });

  test('have every operation', async () => {
    const functionName = (operation: string) => operation.charAt(0).toLowerCase() + operation.slice(1);
    expect((await loadActions('sqs', sqsActionNames.map(functionName))).size).toBe(sqsActionNames.length);
    expect((await loadActions('sns', snsActionNames.map(functionName))).size).toBe(snsActionNames.length);
    const s3Functions = [...new Set(Object.values(s3Actions))];
    expect((await loadActions('s3', s3Functions)).size).toBe(s3Functions.length);
  });
});
