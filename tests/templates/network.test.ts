import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../../build/deployment.ts';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import {
  compileTimeoutMs,
  ofOptionalType,
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

const isTiny = ({ name }: Stage): boolean => name === 'tiny';
const tiny = (): Stage => everyStage.find(isTiny)!;
const privateStages = (): Stage[] => everyStage.filter((stage) => !isTiny(stage));

describe('a tiny stage', () => {
  test('has no function in the VPC, and neither NAT, proxies, Redis nor a second database', () => {
    const stage = tiny();
    expect(
      violations(
        ofType(stage, 'AWS::Lambda::Function'),
        ({ properties }) => properties['VpcConfig'] === undefined,
      ),
    ).toEqual([]);
    for (const type of [
      'AWS::EC2::NatGateway',
      'AWS::EC2::EIP',
      'AWS::RDS::DBProxy',
      'AWS::ElastiCache::ReplicationGroup',
    ])
      expect([type, ofOptionalType(stage, type).map(({ id }) => id)]).toEqual([type, []]);
    expect(ofType(stage, 'AWS::RDS::DBInstance').map(({ id }) => id)).toEqual(['UsersDb']);
  });

  test('requires TLS, a verified certificate and an IAM token of every function', () => {
    const stage = tiny();
    for (const group of ofType(stage, 'AWS::RDS::DBParameterGroup'))
      expect(group.properties['Parameters']).toMatchObject({ 'rds.force_ssl': '1' });
    const variables = ofType(stage, 'AWS::Lambda::Function').map(
      ({ properties }) =>
        (properties['Environment'] as { Variables?: Record<string, string> } | undefined)?.Variables ?? {},
    );
    const clients = variables.filter(({ DATABASE_HOST }) => DATABASE_HOST !== undefined);
    expect(clients.length).toBeGreaterThan(20);
    for (const client of clients)
      expect(client).toMatchObject({
        DATABASE_AUTH: 'iam',
        DATABASE_TLS: 'verify-full',
        DATABASE_HOST: clients[0]!['DATABASE_HOST'],
      });
  });
});

test('databases share a server only where they are public: the proxy of users-db admits only the user of users', () => {
  const rows = parse(readFileSync(join(root, 'shared/serverless/stages.yml'), 'utf8'), {
    merge: true,
  }) as Record<string, { ordersServer: string; databaseAccess: string }>;
  const shared = Object.values(rows).filter(({ ordersServer }) => ordersServer === 'users');
  for (const row of nonEmpty(shared)) expect(row.databaseAccess).toBe('public');
});

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
    const rules = ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress'];
    const isClosed = ({ properties }: Resource) =>
      ![properties as Rule, ...((properties['SecurityGroupIngress'] ?? []) as Rule[])].some(isWorld);
    expect(
      violations(
        privateStages().flatMap((stage) => ofType(stage, ...rules)),
        isClosed,
      ),
    ).toEqual([]);
    // A tiny stage admits it to PostgreSQL, and to nothing else.
    const open = ofType(tiny(), ...rules).filter((each) => !isClosed(each));
    expect(
      open.map(({ properties }) => [properties['FromPort'], properties['ToPort'], properties['IpProtocol']]),
    ).toEqual([
      [5432, 5432, 'tcp'],
      [5432, 5432, 'tcp'],
    ]);
  });

  test('has no database that the internet can address', () => {
    expect(
      violations(
        privateStages().flatMap((stage) => ofType(stage, 'AWS::RDS::DBInstance')),
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
