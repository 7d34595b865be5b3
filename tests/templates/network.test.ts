import type { Json } from '../../build/deployment.ts';
import { compileTimeoutMs, ofType, type Resource, type Stage, stageOf, stages, violations } from './stage.ts';

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

type Rule = { CidrIp?: Json; CidrIpv6?: Json };
const isWorld = ({ CidrIp, CidrIpv6 }: Rule): boolean => CidrIp === '0.0.0.0/0' || CidrIpv6 === '::/0';

describe('the network', () => {
  test('has no security group that admits the whole internet', () => {
    const isClosed = ({ properties }: Resource) =>
      ![properties as Rule, ...((properties['SecurityGroupIngress'] ?? []) as Rule[])].some(isWorld);
    const rules = ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress'];
    expect(
      violations(
        everyStage.flatMap((stage) => ofType(stage, ...rules)),
        isClosed,
      ),
    ).toEqual([]);
  });

  test('has no database that the internet can address', () => {
    expect(
      violations(
        everyStage.flatMap((stage) => ofType(stage, 'AWS::RDS::DBInstance')),
        ({ properties }) => String(properties['PubliclyAccessible'] ?? 'true') === 'false',
      ),
    ).toEqual([]);
  });

  test('has no bucket that could be opened to the public', () => {
    const isPrivate = ({ properties }: Resource) => {
      const block = (properties['PublicAccessBlockConfiguration'] ?? {}) as Record<string, Json>;
      return ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
        (name) => String(block[name]) === 'true',
      );
    };
    expect(
      violations(
        everyStage.flatMap((stage) => ofType(stage, 'AWS::S3::Bucket')),
        isPrivate,
      ),
    ).toEqual([]);
  });
});
