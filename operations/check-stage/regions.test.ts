import { compiled } from '../../build/compiled.ts';
import type { CompiledStack } from '../../build/deployment.ts';
import { judgeRegions } from './regions.ts';

describe('the regions of a stage', () => {
  let dev: CompiledStack[];
  let prod: CompiledStack[];
  beforeAll(async () => {
    dev = await compiled('dev');
    prod = await compiled('prod');
  }, 180_000);

  test('are two with a standby', () => {
    expect(judgeRegions(prod, 'eu-west-1')).toMatchObject({
      outcome: 'ok',
      found: 'eu-west-1, and us-east-1 as its standby',
    });
  });

  test('must be different', () => {
    const finding = judgeRegions(prod, 'us-east-1');
    expect(finding).toMatchObject({
      outcome: 'missing',
      remedy: expect.stringContaining('SHOP_STANDBY_REGION'),
    });
  });

  test('are one without a standby', () => {
    expect(judgeRegions(dev, 'us-east-1').outcome).toBe('ok');
  });
});
