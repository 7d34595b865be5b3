import type { Json } from '../../build/deployment.ts';
import { at, compileTimeoutMs, nameOf, ofType, type Resource, type Stage, stageOf, stages } from './stage.ts';

let everywhere: Stage[];
beforeAll(async () => {
  everywhere = [];
  for (const stage of stages) everywhere.push(await stageOf(stage));
}, compileTimeoutMs);

const every = (...types: string[]): Resource[] => everywhere.flatMap((stage) => ofType(stage, ...types));
/** Names of those that are not as they should be. */
const others = (resources: Resource[], good: (resource: Resource) => boolean): string[] => [
  ...new Set(resources.filter((each) => !good(each)).map(nameOf)),
];
const isTrue = (value: Json | undefined): boolean => value === true || value === 'true';
const isKey = (value: Json | undefined): boolean =>
  typeof value === 'string' && value !== '' && !value.startsWith('alias/aws/');

describe('at rest', () => {
  test('every bucket is encrypted', () => {
    const algorithm = (bucket: Resource) =>
      at(
        bucket,
        'BucketEncryption',
        'ServerSideEncryptionConfiguration',
        0,
        'ServerSideEncryptionByDefault',
        'SSEAlgorithm',
      );
    expect(
      others(every('AWS::S3::Bucket'), (each) => /^(aws:kms|AES256)$/.test(String(algorithm(each)))),
    ).toEqual([]);
  });

  test('every table is encrypted with a key of its class, in each of its regions', () => {
    const replicasHaveKeys = (table: Resource) =>
      ((at(table, 'Replicas') ?? []) as Record<string, Json>[]).every((replica) =>
        isKey((replica['SSESpecification'] as Record<string, Json> | undefined)?.['KMSMasterKeyId']),
      );
    const encrypted = (table: Resource) =>
      isTrue(at(table, 'SSESpecification', 'SSEEnabled')) &&
      (table.type === 'AWS::DynamoDB::GlobalTable'
        ? replicasHaveKeys(table)
        : isKey(at(table, 'SSESpecification', 'KMSMasterKeyId')));
    expect(others(every('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'), encrypted)).toEqual([]);
  });

  test.each([
    ['AWS::SQS::Queue', 'KmsMasterKeyId'],
    ['AWS::SNS::Topic', 'KmsMasterKeyId'],
    ['AWS::SecretsManager::Secret', 'KmsKeyId'],
    ['AWS::Logs::LogGroup', 'KmsKeyId'],
    ['AWS::RDS::DBInstance', 'KmsKeyId'],
    ['AWS::ElastiCache::ReplicationGroup', 'KmsKeyId'],
    ['AWS::Backup::BackupVault', 'EncryptionKeyArn'],
    ['AWS::CloudTrail::Trail', 'KMSKeyId'],
  ])('every %s has a key of ours', (type, property) => {
    // A read replica in the same region has its source's key, and may not name another.
    const followsItsSource = (each: Resource) =>
      type === 'AWS::RDS::DBInstance' && at(each, 'SourceDBInstanceIdentifier') !== undefined;
    expect(others(every(type), (each) => followsItsSource(each) || isKey(at(each, property)))).toEqual([]);
  });

  test('every database and cache is encrypted', () => {
    const encrypted = (each: Resource) =>
      isTrue(at(each, 'StorageEncrypted')) || at(each, 'SourceDBInstanceIdentifier') !== undefined;
    expect(others(every('AWS::RDS::DBInstance'), encrypted)).toEqual([]);
    const cacheIs = (each: Resource) => isTrue(at(each, 'AtRestEncryptionEnabled'));
    expect(others(every('AWS::ElastiCache::ReplicationGroup'), cacheIs)).toEqual([]);
  });
});

describe('on the way', () => {
  test('every bucket refuses calls without TLS', () => {
    for (const stage of everywhere) {
      const refusing = new Set(
        ofType(stage, 'AWS::S3::BucketPolicy')
          .filter(({ properties }) =>
            /"aws:SecureTransport":\s*(false|"false")/i.test(JSON.stringify(properties)),
          )
          .map((policy) => `${policy.stack.name} ${at(policy, 'Bucket')}`),
      );
      const open = ofType(stage, 'AWS::S3::Bucket').filter(
        (bucket) => !refusing.has(`${bucket.stack.name} ${bucket.value('ref')}`),
      );
      expect(open.map(nameOf)).toEqual([]);
    }
  });

  test('every topic refuses messages without TLS', () => {
    for (const stage of everywhere) {
      const refusing = new Set(
        ofType(stage, 'AWS::SNS::TopicPolicy')
          .filter(({ properties }) =>
            /"aws:SecureTransport":\s*(false|"false")/i.test(JSON.stringify(properties)),
          )
          .flatMap((policy) => at(policy, 'Topics') as string[]),
      );
      const open = ofType(stage, 'AWS::SNS::Topic').filter((topic) => !refusing.has(topic.value('ref')));
      expect(open.map(nameOf)).toEqual([]);
    }
  });

  test('every proxy and cache takes TLS only', () => {
    expect(others(every('AWS::RDS::DBProxy'), (each) => isTrue(at(each, 'RequireTLS')))).toEqual([]);
    const transit = (each: Resource) => isTrue(at(each, 'TransitEncryptionEnabled'));
    expect(others(every('AWS::ElastiCache::ReplicationGroup'), transit)).toEqual([]);
  });

  test('every database refuses connections without TLS', () => {
    for (const stage of everywhere) {
      const groups = ofType(stage, 'AWS::RDS::DBParameterGroup').filter(
        (group) => String(at(group, 'Parameters', 'rds.force_ssl')) === '1',
      );
      const forcing = new Set(groups.map((group) => `${group.stack.name} ${group.value('ref')}`));
      const open = ofType(stage, 'AWS::RDS::DBInstance').filter(
        (each) => !forcing.has(`${each.stack.name} ${at(each, 'DBParameterGroupName')}`),
      );
      expect(open.map(nameOf)).toEqual([]);
    }
  });
});
