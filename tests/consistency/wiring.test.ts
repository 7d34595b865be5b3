import { compiled, deploymentOf } from '../../build/compiled.ts';
import type { Deployment, QueueSpec } from '../../build/deployment.ts';
import { filteredTypes } from '../../build/docs/events-table.ts';
import { catalogue } from '../../shared/events/catalogue.ts';
import { nonEmpty } from '../setup/non-empty.ts';

const prefix = 'shop-dev-';
const last = (arn: string): string => arn.split(':').at(-1) ?? '';

let shop: Deployment;
beforeAll(async () => {
  shop = await deploymentOf('dev');
}, 120_000);

const queueOf = (arn: string): QueueSpec | undefined => shop.queues.find((queue) => queue.arn === arn);
/** Queues of failed messages, which no function reads. */
const isDeadLetters = ({ name }: QueueSpec): boolean => /dead-letters|undelivered|async-failures$/.test(name);

describe('the compiled stacks', () => {
  test.each(['dev', 'staging', 'prod', 'local'])(
    'of stage %s resolve: every import has its export, without cycles',
    async (stage) => {
      const deployment = await deploymentOf(stage);
      expect(deployment.functions.length).toBeGreaterThan(30);
    },
    120_000,
  );

  test('export only names of the form shop-<stage>-<name>', () => {
    for (const name of nonEmpty(Object.keys(shop.exports))) {
      // osls itself exports the deployment bucket and the function ARNs under names of its own.
      if (name.startsWith('sls-')) continue;
      expect(name).toMatch(/^shop-dev-[a-z0-9-]+$/);
    }
  });

  test('name every table, queue, topic and bucket after project and stage', () => {
    const names = [...shop.tables, ...shop.queues, ...shop.topics, ...shop.buckets].map(({ name }) => name);
    for (const name of nonEmpty(names))
      if (!name.includes('serverlessdeploymentbucket'))
        expect(name).toMatch(/^shop-dev-[a-z0-9-]+(\.fifo)?$/);
  });

  test('give every function a role of its own', () => {
    const roles = shop.functions.map(({ roleArn }) => roleArn);
    expect(new Set(roles).size).toBe(nonEmpty(roles).length);
  });

  test('grant no action by a bare wildcard', () => {
    for (const role of nonEmpty(shop.roles))
      for (const { actions } of role.statements)
        for (const action of actions)
          expect([role.name, action]).not.toEqual([role.name, expect.stringMatching(/^\*|:\*$/)]);
  });

  test('give a handler file and its function the same name', () => {
    for (const { name, handler, stack } of nonEmpty(shop.functions))
      expect(`${stack}-${/handlers\/(.+)\.handler$/.exec(handler)?.[1]}`).toBe(name);
  });

  test('filter every subscription by events of its topic', () => {
    for (const { topicArn, filterPolicy, logicalId } of nonEmpty(shop.subscriptions)) {
      const topic = last(topicArn).replace(prefix, '');
      const types = filteredTypes(filterPolicy);
      expect([logicalId, types]).toEqual([logicalId, expect.arrayContaining([expect.any(String)])]);
      for (const type of types ?? []) {
        const event = catalogue.find((known) => known.type === type);
        expect([logicalId, type, event?.topics]).toEqual([logicalId, type, expect.arrayContaining([topic])]);
      }
    }
  });

  test('subscribe queues with raw delivery, FIFO topics to queues only', () => {
    for (const { topicArn, protocol, rawDelivery, logicalId } of nonEmpty(shop.subscriptions)) {
      if (protocol === 'sqs') expect([logicalId, rawDelivery]).toEqual([logicalId, true]);
      if (topicArn.endsWith('.fifo')) expect([logicalId, protocol]).toEqual([logicalId, 'sqs']);
    }
  });

  test('move a message to the dead-letter queue after three attempts', () => {
    for (const queue of nonEmpty(shop.queues.filter((each) => !isDeadLetters(each)))) {
      const redrive = JSON.parse(queue.attributes['RedrivePolicy'] ?? '{}') as {
        deadLetterTargetArn?: string;
        maxReceiveCount?: number;
      };
      expect([queue.name, Number(redrive.maxReceiveCount)]).toEqual([queue.name, 3]);
      expect(queueOf(redrive.deadLetterTargetArn ?? '')?.fifo).toBe(queue.fifo);
    }
  });

  test('map queues with partial responses, FIFO ones with batches of one, visible again after six timeouts', () => {
    for (const mapping of nonEmpty(shop.mappings)) {
      const queue = queueOf(mapping.sourceArn);
      expect([mapping.logicalId, mapping.partialResponses]).toEqual([mapping.logicalId, true]);
      if (queue === undefined) continue;
      const reader = shop.functions.find(({ arn }) => arn === mapping.functionArn);
      if (queue.fifo) expect([queue.name, mapping.batchSize]).toEqual([queue.name, 1]);
      expect(Number(queue.attributes['VisibilityTimeout'])).toBeGreaterThanOrEqual(
        (6 * (reader?.timeoutMs ?? Number.NaN)) / 1000 + mapping.windowSeconds,
      );
    }
  });

  test('map every queue except dead-letter queues to a function', () => {
    for (const queue of nonEmpty(shop.queues.filter((each) => !isDeadLetters(each))))
      expect([queue.name, shop.mappings.some(({ sourceArn }) => sourceArn === queue.arn)]).toEqual([
        queue.name,
        true,
      ]);
  });

  test('contain the names that other code refers to', async () => {
    const stacks = await compiled('dev');
    expect(stacks.map(({ name }) => name)).toContain('shop-orders-dev');
    expect(shop.functions.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'shop-products-dev-reserve-stock',
        'shop-products-dev-release-stock',
        'shop-users-dev-authorizer',
      ]),
    );
  });
});
