import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import type { CustomResourceSpec, Deployment } from '../../build/deployment.ts';
import { withCustomResource } from '../../shared/lambda/custom-resource.ts';
import { lambdaContext } from '../../shared/testing/http-event.ts';
import type { InvokeResult } from '../host/invoke.ts';
import { deployCustomResources } from './custom-resources.ts';

const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:shop-users-local-migrate';
const spec = (properties: CustomResourceSpec['properties']): CustomResourceSpec => ({
  stack: 'shop-users-local',
  logicalId: 'SchemaMigration',
  type: 'Custom::SchemaMigration',
  functionArn: arn,
  timeoutMs: 5_000,
  properties,
  dependsOn: [],
});

describe('a custom resource on the local platform', () => {
  const events: { RequestType: string; PhysicalResourceId?: string }[] = [];
  let file: string;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'custom-'));
    file = join(folder, 'custom-resources.json');
    events.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Deploys with a function that sends its callback as deployed ones do. */
  const start = (steps: string, apply: () => Promise<unknown> = async () => {}) => {
    const handler = withCustomResource({ physicalId: 'users-schema', apply }, async () => {});
    const invoke = async (_name: string, payload: string): Promise<InvokeResult> => {
      events.push(JSON.parse(payload));
      await handler(JSON.parse(payload), lambdaContext() as Context);
      return { requestId: 'r', payload: 'null' };
    };
    return deployCustomResources({ deployment: deploymentOf(steps), invoke, file, log: () => {} });
  };
  const deploymentOf = (steps: string) =>
    ({
      customResources: [spec({ Steps: steps })],
      functions: [{ name: 'shop-users-local-migrate', arn }],
      region: 'eu-west-1',
      accountId: '000000000000',
    }) as unknown as Deployment;

  test('is created at the first start and updated only when its properties have changed', async () => {
    await start('one');
    await start('one');
    await start('two');
    expect(events).toMatchObject([
      { RequestType: 'Create', ResourceProperties: { ServiceToken: arn, Steps: 'one' } },
      {
        RequestType: 'Update',
        PhysicalResourceId: 'users-schema',
        OldResourceProperties: { Steps: 'one' },
        ResourceProperties: { Steps: 'two' },
      },
    ]);
  });

  test('is deployed after the resources of its stack that it depends on, and not when one of them failed', async () => {
    const order: string[] = [];
    const failing = new Set<string>();
    const invoke = async (_name: string, payload: string): Promise<InvokeResult> => {
      const event = JSON.parse(payload) as { LogicalResourceId: string };
      order.push(`start ${event.LogicalResourceId}`);
      const apply = async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`end ${event.LogicalResourceId}`);
        if (failing.has(event.LogicalResourceId)) throw new Error('cannot sign in');
      };
      await withCustomResource({ physicalId: 'one', apply }, async () => {})(
        event as never,
        lambdaContext() as Context,
      );
      return { requestId: 'r', payload: 'null' };
    };
    const deployment = {
      ...deploymentOf('one'),
      customResources: [
        { ...spec({ Steps: 'one' }), dependsOn: ['ServiceDatabase', 'SomethingElse'] },
        { ...spec({ Database: 'users' }), logicalId: 'ServiceDatabase' },
      ],
    };
    const options = { deployment, invoke, file, log: () => {} };
    failing.add('ServiceDatabase');
    await expect(deployCustomResources(options)).rejects.toThrow(
      'shop-users-local / ServiceDatabase failed: Error: cannot sign in',
    );
    expect(order).toEqual(['start ServiceDatabase', 'end ServiceDatabase']);
    failing.clear();
    await deployCustomResources(options);
    expect(order.slice(2)).toEqual([
      'start ServiceDatabase',
      'end ServiceDatabase',
      'start SchemaMigration',
      'end SchemaMigration',
    ]);
  });

  test('that fails stops the start with its reason and is retried at the next start', async () => {
    await expect(start('one', () => Promise.reject(new Error('no such table')))).rejects.toThrow(
      'shop-users-local / SchemaMigration failed: Error: no such table',
    );
    await start('one');
    expect(events.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Create']);
  });

  test('is not finished by a request of a page that found the port', async () => {
    const statuses: number[] = [];
    const forge = async () => {
      const { ResponseURL } = events.at(-1) as unknown as { ResponseURL: string };
      const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'forged' });
      const { origin } = new URL(ResponseURL);
      const foreign = { origin: 'https://evil.example' };
      for (const [url, init] of [
        [`${origin}/`, {}],
        [`${origin}/`, { method: 'PUT', body }],
        [ResponseURL, { method: 'POST', body }],
        [ResponseURL, { method: 'PUT', body, headers: foreign }],
      ] as const)
        statuses.push((await fetch(url, init)).status);
    };
    await start('one', forge);
    expect(statuses).toEqual([403, 403, 403, 403]);
    await start('two');
    expect(events.at(-1)?.PhysicalResourceId).toBe('users-schema');
  });

  test('whose function times out stops the start', async () => {
    const invoke = async (): Promise<InvokeResult> => ({
      requestId: 'r',
      payload: 'timed out',
      failure: 'timeout',
    });
    const deploying = deployCustomResources({ deployment: deploymentOf('one'), invoke, file, log: () => {} });
    await expect(deploying).rejects.toThrow('failed: timed out');
  });
});
