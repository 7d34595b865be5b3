import type { Json } from '../../build/deployment.ts';
import {
  compileTimeoutMs,
  ofType,
  type Resource,
  region,
  type Stage,
  stageOf,
  stages,
  violations,
} from './stage.ts';

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

type Rule = { CidrIp?: Json; CidrIpv6?: Json };
const isWorld = ({ CidrIp, CidrIpv6 }: Rule): boolean => CidrIp === '0.0.0.0/0' || CidrIpv6 === '::/0';

describe('the network', () => {
  test('names every zone by its id, and has each tier in three', () => {
    const subnets = everyStage.flatMap((stage) => ofType(stage, 'AWS::EC2::Subnet'));
    for (const { properties } of subnets) {
      expect(properties['AvailabilityZone']).toBeUndefined();
      expect(properties['AvailabilityZoneId']).toMatch(/^[a-z]+\d-az\d$/);
    }
    for (const stage of everyStage) {
      const here = ofType(stage, 'AWS::EC2::Subnet').filter((each) => each.region === region);
      for (const tier of ['Public', 'Private', 'Database']) {
        const zones = here
          .filter(({ id }) => id.startsWith(tier))
          .map((each) => each.properties['AvailabilityZoneId']);
        expect([stage.name, tier, new Set(zones).size]).toEqual([stage.name, tier, 3]);
      }
      expect(JSON.stringify(stage.stacks.map(({ template }) => template))).not.toContain('Fn::GetAZs');
    }
  });

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
