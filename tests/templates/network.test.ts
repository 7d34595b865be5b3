import type { Json } from '../../build/deployment.ts';
import { compileTimeoutMs, nameOf, ofType, type Stage, stageOf, stages } from './stage.ts';

let everywhere: Stage[];
beforeAll(async () => {
  everywhere = [];
  for (const stage of stages) everywhere.push(await stageOf(stage));
}, compileTimeoutMs);

type Rule = { CidrIp?: Json; CidrIpv6?: Json };
const isWorld = ({ CidrIp, CidrIpv6 }: Rule): boolean => CidrIp === '0.0.0.0/0' || CidrIpv6 === '::/0';

describe('the network', () => {
  test('has no security group that lets the world in', () => {
    const open = everywhere.flatMap((stage) => [
      ...ofType(stage, 'AWS::EC2::SecurityGroup').filter(({ properties }) =>
        ((properties['SecurityGroupIngress'] ?? []) as Rule[]).some(isWorld),
      ),
      ...ofType(stage, 'AWS::EC2::SecurityGroupIngress').filter(({ properties }) => isWorld(properties)),
    ]);
    expect(open.map(nameOf)).toEqual([]);
  });

  test('has no database, cache or proxy that the internet can address', () => {
    const open = everywhere.flatMap((stage) =>
      ofType(stage, 'AWS::RDS::DBInstance').filter(
        ({ properties }) => String(properties['PubliclyAccessible'] ?? 'true') !== 'false',
      ),
    );
    expect(open.map(nameOf)).toEqual([]);
  });

  test('has no bucket that could be opened to the public', () => {
    const open = everywhere.flatMap((stage) =>
      ofType(stage, 'AWS::S3::Bucket').filter(({ properties }) => {
        const block = (properties['PublicAccessBlockConfiguration'] ?? {}) as Record<string, Json>;
        return !['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
          (name) => String(block[name]) === 'true',
        );
      }),
    );
    expect(open.map(nameOf)).toEqual([]);
  });
});
