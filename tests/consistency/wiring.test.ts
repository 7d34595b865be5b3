import { compiled, deploymentOf } from '../../build/compiled.ts';
import type { Deployment, QueueSpec } from '../../build/deployment.ts';
import { filteredTypes } from '../../build/docs/events-table.ts';
import { catalogue } from '../../shared/events/catalogue.ts';

const prefix = 'shop-dev-';
const last = (arn: string): string => arn.split(':').at(-1) ?? '';

let shop: Deployment;
beforeAll(async () => {
  shop = await deploymentOf('dev');
}, 120_000);

const queueOf = (arn: string): QueueSpec | undefined => shop.queues.find((queue) => queue.arn === arn);
/** Where what failed is kept for people: nothing reads it by itself. */
const isDeadLetters = ({ name }: QueueSpec): boolean => /dead-letters|async-failures$/.test(name);

describe('the compiled stacks', () => {
  test.each(['dev', 'staging', 'prod', 'local'])(
    'of stage %s resolve: every import has its export, in no circle',
    async (stage) => {
      const deployment = await deploymentOf(stage);
      expect(deployment.functions.length).toBeGreaterThan(30);
    },
    120_000,
  );

  test('export nothing that nobody may import by its convention', () => {
    for (const name of Object.keys(shop.exports)) {
      // osls itself exports the deployment bucket and the function ARNs under names of its own.
      if (name.startsWith('sls-')) continue;
      expect(name).toMatch(/^shop-dev-[a-z0-9-]+$/);
    }
  });

  test('name everything after project and stage', () => {
    const names = [...shop.tables, ...shop.queues, ...shop.topics, ...shop.buckets].map(({ name }) => name);
    for (const name of names)
      if (!name.includes('serverlessdeploymentbucket'))
        expect(name).toMatch(/^shop-dev-[a-z0-9-]+(\.fifo)?$/);
  });

  test('give every function a role of its own', () => {
    const roles = shop.functions.map(({ roleArn }) => roleArn);
    expect(new Set(roles).size).toBe(roles.length);
  });

  test('grant no action by a bare wildcard', () => {
    for (const role of shop.roles)
      for (const { actions } of role.statements)
        for (const action of actions)
          expect([role.name, action]).not.toEqual([role.name, expect.stringMatching(/^\*|:\*$/)]);
  });

  test('name handler file and function alike', () => {
    for (const { name, handler, stack } of shop.functions)
      expect(`${stack}-${/handlers\/(.+)\.handler$/.exec(handler)?.[1]}`).toBe(name);
  });

  test('let every subscription pass only events that its topic carries', () => {
    for (const { topicArn, filterPolicy, logicalId } of shop.subscriptions) {
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
    for (const { topicArn, protocol, rawDelivery, logicalId } of shop.subscriptions) {
      if (protocol === 'sqs') expect([logicalId, rawDelivery]).toEqual([logicalId, true]);
      if (topicArn.endsWith('.fifo')) expect([logicalId, protocol]).toEqual([logicalId, 'sqs']);
    }
  });

  test('give every queue dead letters after three tries', () => {
    for (const queue of shop.queues.filter((each) => !isDeadLetters(each))) {
      const redrive = JSON.parse(queue.attributes['RedrivePolicy'] ?? '{}') as {
        deadLetterTargetArn?: string;
        maxReceiveCount?: number;
      };
      expect([queue.name, Number(redrive.maxReceiveCount)]).toEqual([queue.name, 3]);
      expect(queueOf(redrive.deadLetterTargetArn ?? '')?.fifo).toBe(queue.fifo);
    }
  });

  test('map queues with partial responses, FIFO ones with batches of one, visible again after six timeouts', () => {
    for (const mapping of shop.mappings) {
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

  test('have a reader for every queue that is not for dead letters', () => {
    for (const queue of shop.queues.filter((each) => !isDeadLetters(each)))
      expect([queue.name, shop.mappings.some(({ sourceArn }) => sourceArn === queue.arn)]).toEqual([
        queue.name,
        true,
      ]);
  });

  test('hold the names that others rely on', async () => {
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
