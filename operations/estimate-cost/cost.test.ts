import type { CompiledStack } from '../../build/deployment.ts';
import { fixedCosts } from './fixed.ts';
import { prices } from './prices.ts';
import { variableCosts } from './variable.ts';

const stackOf = (Resources: CompiledStack['template']['Resources']): CompiledStack => ({
  name: 'shop-probe-dev',
  service: 'shop-probe',
  directory: 'resources/probe',
  template: {
    Parameters: { Ha: { Type: 'String', Default: 'false' } },
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources,
  },
});
const place = { region: 'eu-west-1', accountId: '000000000000' };
const costOf = (Resources: CompiledStack['template']['Resources']) => fixedCosts([stackOf(Resources)], place);

describe('fixed costs', () => {
  const small = { DBInstanceClass: 'db.t4g.micro', AllocatedStorage: 20 };

  test('count a Multi-AZ database twice', () => {
    const [single] = costOf({ Db: { Type: 'AWS::RDS::DBInstance', Properties: small } });
    const [twice] = costOf({
      Db: { Type: 'AWS::RDS::DBInstance', Properties: { ...small, MultiAZ: true } },
    });
    expect(twice?.usd).toBeCloseTo(2 * (single?.usd ?? Number.NaN));
  });

  test('count the storage of a replica as that of its source, in another region too', () => {
    const replicaOf = (AllocatedStorage: number) => {
      const replica = {
        DBInstanceClass: 'db.t4g.medium',
        SourceDBInstanceIdentifier: 'arn:aws:rds:eu-west-1:000000000000:db:probe',
      };
      const [of] = costOf({
        Db: {
          Type: 'AWS::RDS::DBInstance',
          Properties: { ...small, AllocatedStorage, DBInstanceIdentifier: 'probe' },
        },
        Replica: { Type: 'AWS::RDS::DBInstance', Properties: replica },
      }).filter(({ what }) => what.includes('medium'));
      return of?.usd ?? Number.NaN;
    };
    expect(replicaOf(120) - replicaOf(20)).toBeCloseTo(100 * prices.databaseStorage);
  });

  test('exclude inactive and free resources', () => {
    expect(
      costOf({
        Nat: { Type: 'AWS::EC2::NatGateway', Condition: 'Never' },
        Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
      }),
    ).toEqual([]);
  });

  test('throw for a size without a price', () => {
    const Properties = { ...small, DBInstanceClass: 'db.r9g.huge' };
    expect(() => costOf({ Db: { Type: 'AWS::RDS::DBInstance', Properties } })).toThrow(
      'no price for db.r9g.huge',
    );
  });

  test('count each provisioned instance by the memory of its function', () => {
    const warm = (MemorySize: number) =>
      costOf({
        Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-probe', MemorySize } },
        Live: {
          Type: 'AWS::Lambda::Alias',
          Properties: {
            FunctionName: { Ref: 'Function' },
            ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 3 },
          },
        },
      })[0];
    expect(warm(1024)).toMatchObject({ what: 'warm instance of a function (1024 MB)', count: 3 });
    expect(warm(1024)?.usd).toBeCloseTo(2 * (warm(512)?.usd ?? Number.NaN));
  });

  test('sum equal resources into one line', () => {
    expect(costOf({ One: { Type: 'AWS::KMS::Key' }, Two: { Type: 'AWS::KMS::Key' } })).toEqual([
      { what: 'encryption key', count: 2, usd: 2 },
    ]);
  });
});

describe('the costs of orders', () => {
  const counts = {
    measured: '2026-01-01',
    orders: 10,
    invocations: { 'orders-place-order': 1, 'payments-on-order-event': 1 },
    calls: { 'orders-place-order sns:PublishBatch': 1, 'notifications-on-customer-event ses:SendEmail': 2 },
  };
  const assumed = { readsPerOrder: 50, cachedReads: 0.9 };
  const costs = (orders: number) =>
    Object.fromEntries(variableCosts(counts, orders, assumed).map((cost) => [cost.what, cost]));

  test('count requests, messages and mails of an order', () => {
    const thousand = costs(1000);
    expect(thousand['API Gateway requests']?.quantity).toBe(51_000);
    expect(thousand['SQS requests']?.quantity).toBe(3_000);
    expect(thousand['mails']).toMatchObject({ quantity: 2_000, usd: 0.2 });
  });

  test('are proportional to the volume', () => {
    for (const [what, { usd }] of Object.entries(costs(1000)))
      expect(costs(1_000_000)[what]?.usd).toBeCloseTo(usd * 1000);
  });
});
