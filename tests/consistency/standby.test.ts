import { compileStacks } from '../../build/compile/compile-stacks.ts';
import { compiled } from '../../build/compiled.ts';
import type { CompiledStack, Json } from '../../build/deployment.ts';
import { root } from '../../build/stacks.ts';
import { linkStacks } from '../../build/template/exports.ts';
import { primaryRegionOf, standbySettings, standbyWaves } from '../../operations/standby/stacks.ts';

const region = 'us-east-1';
const place = { region, accountId: '000000000000', queueUrlBase: 'http://127.0.0.1' };
const stream = `arn:aws:dynamodb:${region}:stream`;
const settings = standbySettings(
  { standby: region, primary: 'eu-central-1' },
  { SHOP_PRODUCTS_OUTBOX_STREAM_ARN: stream, SHOP_MEDIA_OUTBOX_STREAM_ARN: stream },
);

/** Exports of the shared network stack without a use in the standby region, which has no replicas and no cache. */
const unused = ['shop-prod-replica-security-group-id', 'shop-prod-redis-security-group-id'];

/** The stacks of the standby region after a failover. */
let there: CompiledStack[];
let here: CompiledStack[];
beforeAll(async () => {
  here = await compiled('prod');
  const before = { ...process.env };
  Object.assign(process.env, settings);
  try {
    const directories = ['resources/standby', ...standbyWaves().flat()];
    there = await compileStacks({ root, stage: 'prod', region, directories });
  } finally {
    for (const name of Object.keys(settings))
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  }
}, 180_000);

const exportsOf = (stacks: CompiledStack[]): string[] =>
  Object.keys(linkStacks(stacks, place, { Domain: 'shop.test' }).exports);
const importsOf = (stacks: CompiledStack[]): Set<string> => {
  const found = new Set<string>();
  const visit = (value: Json): void => {
    if (value === null || typeof value !== 'object') return;
    if (!Array.isArray(value) && value['Fn::ImportValue'] !== undefined)
      found.add(JSON.stringify(value['Fn::ImportValue']));
    for (const inner of Object.values(value)) visit(inner as Json);
  };
  for (const { template } of stacks) visit(template as unknown as Json);
  return found;
};
const resource = (stacks: CompiledStack[], service: string, logicalId: string) =>
  stacks.find((stack) => stack.service === service)?.template.Resources[logicalId];

describe('the standby region', () => {
  test('exports everything that services import under the same names, once it is active', () => {
    const { ordered, exports } = linkStacks(there, place, { Domain: 'shop.test' });
    expect(ordered).toHaveLength(there.length);
    for (const [name, value] of Object.entries(exports))
      if (!name.startsWith('sls-')) expect([name, value]).not.toEqual([name, '']);
  });

  test('exports only what the primary region exports and what is used', () => {
    const imported = importsOf(there);
    const stacks = there.filter(({ service }) => /standby/.test(service));
    const names = exportsOf(stacks).filter((name) => !name.startsWith('sls-'));
    const known = new Set(
      here
        .filter(({ service }) => !/standby/.test(service))
        .flatMap(({ template }) => Object.values(template.Outputs ?? {}))
        .map((output) => output.Export?.Name),
    );
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    expect(names.filter((name) => !imported.has(JSON.stringify(name)))).toEqual(unused);
  });

  test('is the same region for both of its stacks, and not the primary', () => {
    for (const service of ['shop-standby', 'shop-standby-data'])
      expect(here.find((stack) => stack.service === service)?.region).toBe(region);
  });

  test('creates no databases: they and their roles are replicas', () => {
    for (const service of ['shop-users', 'shop-orders', 'shop-payments']) {
      expect(resource(here, service, 'SchemaMigration')?.DependsOn).toEqual(['ServiceDatabase']);
      expect(resource(there, service, 'SchemaMigration')).toBeDefined();
      expect(resource(there, service, 'SchemaMigration')?.DependsOn).toBeUndefined();
      expect(resource(there, service, 'ServiceDatabase')).toBeUndefined();
    }
  });

  test('replicates databases by their names, with its own keys', () => {
    for (const [logicalId, name] of [
      ['UsersDb', 'users-db'],
      ['OrdersDb', 'orders-db'],
    ] as const) {
      const source = resource(here, 'shop-data', logicalId)?.Properties;
      const copy = resource(here, 'shop-standby-data', logicalId)?.Properties;
      expect(source?.['DBInstanceIdentifier']).toBe(`shop-prod-${name}`);
      expect(JSON.stringify(copy?.['SourceDBInstanceIdentifier'])).toContain(`:db:shop-prod-${name}`);
      expect(copy?.['KmsKeyId']).toMatchObject({ 'Fn::ImportValue': expect.stringContaining('-key-arn') });
    }
  });

  test('replicates from the configured primary region', async () => {
    const copiedFrom = (stacks: CompiledStack[]) =>
      stacks.find(({ service }) => service === 'shop-standby-data')?.parameters?.['PrimaryRegion'];
    expect(copiedFrom(here)).toBe('eu-west-1');
    const directories = ['resources/standby-data'];
    const elsewhere = await compileStacks({ root, stage: 'prod', region: 'eu-central-1', directories });
    expect(copiedFrom(elsewhere)).toBe('eu-central-1');
    // During a failover the command runs in the standby region.
    expect(copiedFrom(there)).toBe('eu-central-1');
  });

  test('reads the primary region from the deployed stack', () => {
    const Parameters = [
      { ParameterKey: 'Active', ParameterValue: 'false' },
      { ParameterKey: 'PrimaryRegion', ParameterValue: 'eu-central-1' },
    ];
    expect(primaryRegionOf({ Parameters })).toBe('eu-central-1');
    expect(() => primaryRegionOf({ StackName: 'shop-standby-data-dev', Parameters: [] })).toThrow(
      'shop-standby-data-dev has no parameter PrimaryRegion',
    );
  });

  test('has a bucket for every replicated one, with versions and the same object lock', () => {
    const standby = here.find(({ service }) => service === 'shop-standby')?.template.Resources ?? {};
    const copied = here
      .filter(({ service }) => !/standby/.test(service))
      .flatMap(({ template }) => Object.entries(template.Resources))
      .filter(
        ([, { Type, Properties }]) => Type === 'AWS::S3::Bucket' && Properties?.['ReplicationConfiguration'],
      );
    expect(copied.length).toBeGreaterThanOrEqual(4);
    for (const [logicalId, { Properties }] of copied) {
      const copy = standby[logicalId]?.Properties;
      expect([logicalId, copy?.['BucketName']]).toEqual([logicalId, Properties?.['BucketName']]);
      expect(copy?.['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
      expect(copy?.['ObjectLockConfiguration']).toEqual(Properties?.['ObjectLockConfiguration']);
      expect(copy?.['LifecycleConfiguration']).toEqual(Properties?.['LifecycleConfiguration']);
    }
  });

  test('has no stack of a stage without standby, whose empty stacks stay in the first region', async () => {
    const empty = (await compiled('dev')).filter(({ service }) => /standby/.test(service));
    expect(empty.map((stack) => stack.region ?? 'eu-west-1')).toEqual(['eu-west-1', 'eu-west-1']);
    for (const stack of empty)
      expect(Object.keys(stack.template.Resources).toSorted()).toEqual([
        'ServerlessDeploymentBucket',
        'ServerlessDeploymentBucketPolicy',
      ]);
  });
});
