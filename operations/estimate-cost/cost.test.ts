import type { CompiledStack } from '../../build/deployment.ts';
import { fixedCosts } from './fixed.ts';
import { prices } from './prices.ts';
import type { StageShape } from './stage-shape.ts';
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

describe('fixed costs of requests without a customer', () => {
  const check = (Regions?: string[]) =>
    costOf({
      Check: {
        Type: 'AWS::Route53::HealthCheck',
        Properties: {
          HealthCheckConfig: { Type: 'HTTPS', RequestInterval: 30, ...(Regions && { Regions }) },
        },
      },
    })[0]?.usd ?? Number.NaN;

  test('count what the health checkers call, by region', () => {
    const base = prices.healthCheck + prices.healthCheckFeature;
    expect((check() - base) / (check(['a', 'b', 'c']) - base)).toBeCloseTo(8 / 3);
    // 16 checkers, twice a minute, at the price of the API and of the firewall alone.
    const requests = 16 * 2 * 60 * 730;
    expect(check() - base).toBeGreaterThan((requests / 1e6) * 4.1);
  });

  test('count a schedule by how often it runs, and nothing for a rule that waits for events', () => {
    const rule = (ScheduleExpression?: string) =>
      costOf({
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: ScheduleExpression === undefined ? {} : { ScheduleExpression },
        },
      })[0]?.usd;
    expect(rule('rate(1 minute)')).toBeCloseTo(60 * (rule('rate(1 hour)') ?? Number.NaN));
    expect(rule('cron(0 8 * * ? *)')).toBeCloseTo(rule('rate(1 day)') ?? Number.NaN);
    expect(rule()).toBeUndefined();
  });

  test('count an alarm by the metrics it evaluates', () => {
    const metric = { Id: 'a', MetricStat: {} };
    const Metrics = [metric, { ...metric, Id: 'b' }, { Id: 'ratio', Expression: 'a / b' }];
    const [one, several] = [{}, { Metrics }].map(
      (Properties) => costOf({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties } })[0]?.usd,
    );
    expect(several).toBeCloseTo(2 * (one ?? Number.NaN));
  });

  test('count the KMS requests of encrypted topics only', () => {
    const topic = (Properties: Record<string, string>) =>
      costOf({ Topic: { Type: 'AWS::SNS::Topic', Properties } });
    expect(topic({})).toEqual([]);
    expect(topic({ KmsMasterKeyId: 'key' })).toHaveLength(1);
  });
});

describe('the costs of orders', () => {
  const counts = {
    measured: '2026-01-01',
    orders: 10,
    invocations: { 'orders-place-order': 1, 'payments-on-order-event': 1 },
    calls: { 'orders-place-order sns:PublishBatch': 1, 'notifications-on-customer-event ses:SendEmail': 2 },
    items: { 'products-reserve-stock TransactWriteItems inventory': 4 },
    logBytes: 5_000,
  };
  const memoryGb = new Map(
    [
      ...Object.keys(counts.invocations),
      'notifications-on-customer-event',
      'orders-get-order',
      'products-get-product',
      'users-authorizer',
    ].map((name) => [name, 0.5]),
  );
  const shape: StageShape = {
    memoryGb,
    routed: new Set(['orders-place-order']),
    inVpc: new Set(['orders-place-order']),
    tables: new Map([['inventory', { indexes: 0, regions: 1 }]]),
  };
  const assumed = { readsPerOrder: 50, cachedReads: 0.9 };
  const costs = (orders: number, of: Partial<typeof counts> = {}, on: Partial<StageShape> = {}) =>
    Object.fromEntries(
      variableCosts({ ...counts, ...of }, orders, assumed, { ...shape, ...on }).map((cost) => [
        cost.what,
        cost,
      ]),
    );

  test('count requests, messages and mails of an order', () => {
    const thousand = costs(1000);
    expect(thousand['API Gateway requests']?.quantity).toBe(54_000);
    expect(thousand['Lambda invocations']?.quantity).toBe(59_000);
    expect(thousand['SQS requests']?.quantity).toBe(3_000);
    expect(thousand['mails']).toMatchObject({ quantity: 2_000, usd: 0.2 });
  });

  test('are proportional to the volume', () => {
    for (const [what, { usd }] of Object.entries(costs(1000)))
      expect(costs(1_000_000)[what]?.usd).toBeCloseTo(usd * 1000);
  });

  test('count a transactional write as two units per item, and each index and region', () => {
    const units = (key: string, table = { indexes: 0, regions: 1 }) =>
      costs(1, { items: { [key]: 4 } as never }, { tables: new Map([['inventory', table]]) })[
        'DynamoDB write units'
      ]?.quantity;
    expect(units('products-reserve-stock TransactWriteItems inventory')).toBe(8);
    expect(units('products-reserve-stock PutItem inventory')).toBe(4);
    expect(units('products-reserve-stock TransactWriteItems inventory', { indexes: 1, regions: 1 })).toBe(12);
    expect(units('products-reserve-stock PutItem inventory', { indexes: 0, regions: 2 })).toBe(8);
  });

  test('throw for a table or an operation without a price', () => {
    const priced = (key: string) => () => costs(1, { items: { [key]: 1 } as never });
    expect(priced('products-reserve-stock PutItem unknown')).toThrow('cannot price');
    expect(priced('products-reserve-stock Guess inventory')).toThrow('cannot price');
  });

  test('count each function by its own memory', () => {
    const seconds = (gb: number) =>
      costs(1, {}, { memoryGb: new Map([...memoryGb.keys()].map((name) => [name, gb])) })['Lambda GB-seconds']
        ?.quantity ?? Number.NaN;
    expect(seconds(1)).toBeCloseTo(2 * seconds(0.5));
    expect(() => costs(1, {}, { memoryGb: new Map() })).toThrow('does not exist');
  });

  test('count what leaves the VPC', () => {
    const gigabytes = (inVpc: string[]) => costs(1e6, {}, { inVpc: new Set(inVpc) })['NAT GB']?.quantity;
    expect(gigabytes([])).toBeCloseTo(30);
    expect(gigabytes(['orders-place-order'])).toBeCloseTo(34);
  });
});
