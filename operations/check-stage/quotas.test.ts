import { judgeConcurrency, judgeQuota, neededBy, quotas } from './quotas.ts';

describe('quotas', () => {
  test('are counted from the templates', () => {
    const types = ['AWS::EC2::VPC', 'AWS::EC2::EIP', 'AWS::EC2::EIP', 'AWS::SQS::Queue', 'AWS::IAM::Role'];
    const needed = Object.entries(quotas).map(([name, quota]) => [
      name,
      neededBy(quota, types, { least: 21, most: 400 }),
    ]);
    expect(Object.fromEntries(needed)).toEqual({
      concurrency: 121,
      vpcs: 1,
      addresses: 2,
      databases: 0,
      proxies: 0,
      roles: 1,
    });
  });

  test('are ok up to the limit', () => {
    expect(judgeQuota({ quota: quotas.addresses, needed: 3, used: 2, limit: 5 }).outcome).toBe('ok');
  });

  test('that are too small name the required value and the quota', () => {
    const finding = judgeQuota({ quota: quotas.addresses, needed: 3, used: 3, limit: 5 });
    expect(finding).toMatchObject({ outcome: 'missing', found: '5, 3 used, 3 needed' });
    expect(finding.remedy).toContain('6 or more');
    expect(finding.remedy).toContain('L-0263D0A3');
  });

  test.each([
    [{ least: 0, most: 0 }, 10, 'missing'],
    [{ least: 0, most: 0 }, 100, 'ok'],
    [{ least: 21, most: 400 }, 120, 'missing'],
    [{ least: 21, most: 400 }, 121, 'warning'],
    [{ least: 21, most: 400 }, 499, 'warning'],
    [{ least: 21, most: 400 }, 500, 'ok'],
  ] as const)(
    'of invocations at once with %j started instances and a limit of %i: %s',
    (warm, limit, outcome) => {
      const needed = neededBy(quotas.concurrency, [], warm);
      const finding = judgeConcurrency({ quota: quotas.concurrency, needed, limit }, warm);
      expect(finding.outcome).toBe(outcome);
      if (outcome !== 'ok') expect(finding.remedy).toContain('1,000');
    },
  );
});
