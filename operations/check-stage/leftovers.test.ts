import { compiled } from '../../build/compiled.ts';
import { fixedBuckets, judgeBuckets, judgeRollback, protectedResources } from './leftovers.ts';

const compileTimeoutMs = 180_000;

describe('the bucket names of a stage', () => {
  test(
    'are those of its templates, in both regions',
    async () => {
      const buckets = fixedBuckets(await compiled('prod'), 'eu-west-1', '123456789012');
      const names = buckets.map(({ name }) => name);
      expect(names).toContain('shop-prod-product-images-123456789012-eu-west-1');
      expect(names).toContain('shop-prod-web-123456789012-us-east-1');
      expect(names.filter((name) => /deployment/i.test(name))).toEqual([]);
    },
    compileTimeoutMs,
  );

  const bucket = { name: 'shop-dev-web-1', stack: 'shop-storage-dev', logicalId: 'Web', region: 'eu-west-1' };
  test.each([
    ['free', { exists: false, isOwn: false }, 'ok'],
    ['the stage’s own', { exists: true, isOwn: true }, 'ok'],
    ['left by a failed deployment, or of another account', { exists: true, isOwn: false }, 'missing'],
  ])('may be %s', (_, state, outcome) => {
    expect(judgeBuckets([{ ...bucket, ...state }])).toMatchObject({ outcome });
  });
});

describe('rollback', () => {
  test(
    'could not delete the protected databases and tables of prod, and everything of dev',
    async () => {
      const prod = await compiled('prod');
      const tables = prod
        .flatMap(({ template }) => Object.values(template.Resources))
        .filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable');
      expect(tables.length).toBeGreaterThan(0);
      expect(protectedResources(prod)).toBeGreaterThan(tables.length);
      expect(protectedResources(await compiled('dev'))).toBe(0);
    },
    compileTimeoutMs,
  );

  test.each([
    ['must be disabled first where resources are protected', 4, false, false, 'missing'],
    ['is disabled for the first deployment', 4, false, true, 'ok'],
    ['may stay enabled where nothing is protected', 0, false, false, 'ok'],
    ['is enabled for later deployments', 4, true, false, 'ok'],
    ['must not stay disabled', 4, true, true, 'missing'],
  ])('%s', (_, protectedCount, isDeployed, isDisabled, outcome) => {
    expect(judgeRollback({ protectedCount, isDeployed, isDisabled })).toMatchObject({ outcome });
  });
});
