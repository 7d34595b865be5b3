import type { Json } from '../../build/deployment.ts';
import {
  at,
  compileTimeoutMs,
  ofOptionalType,
  ofType,
  type Resource,
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

const every = (...types: string[]): Resource[] => everyStage.flatMap((stage) => ofType(stage, ...types));
/** Those that at least one stage has. */
const everyOptional = (type: string): Resource[] =>
  everyStage.flatMap((stage) => ofOptionalType(stage, type));
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
      violations(every('AWS::S3::Bucket'), (each) => /^(aws:kms|AES256)$/.test(String(algorithm(each)))),
    ).toEqual([]);
  });

  test('every table is encrypted with a key of its data class, in each of its regions', () => {
    const replicasHaveKeys = (table: Resource) =>
      ((at(table, 'Replicas') ?? []) as Record<string, Json>[]).every((replica) =>
        isKey((replica['SSESpecification'] as Record<string, Json> | undefined)?.['KMSMasterKeyId']),
      );
    const encrypted = (table: Resource) =>
      isTrue(at(table, 'SSESpecification', 'SSEEnabled')) &&
      (table.type === 'AWS::DynamoDB::GlobalTable'
        ? replicasHaveKeys(table)
        : isKey(at(table, 'SSESpecification', 'KMSMasterKeyId')));
    expect(
      violations(
        [...everyOptional('AWS::DynamoDB::Table'), ...everyOptional('AWS::DynamoDB::GlobalTable')],
        encrypted,
      ),
    ).toEqual([]);
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
    const undelivered = new Set(
      every('AWS::SNS::Subscription').map((each) => at(each, 'RedrivePolicy', 'deadLetterTargetArn')),
    );
    // SNS must reach the dead-letter queue of a subscription when it cannot use our key (subscriptions.cjs).
    const outlivesOurKey = (each: Resource) =>
      type === 'AWS::SQS::Queue' &&
      undelivered.has(each.value('Arn')) &&
      isTrue(at(each, 'SqsManagedSseEnabled'));
    const encrypted = (each: Resource) =>
      followsItsSource(each) || outlivesOurKey(each) !== isKey(at(each, property));
    expect(violations(everyOptional(type), encrypted)).toEqual([]);
  });

  test('every table names its keys by ARN', () => {
    for (const table of every('AWS::DynamoDB::GlobalTable'))
      for (const [index, replica] of ((at(table, 'Replicas') ?? []) as Record<string, Json>[]).entries()) {
        const { KMSMasterKeyId: key } = replica['SSESpecification'] as { KMSMasterKeyId: string };
        expect([table.id, key]).toEqual([table.id, expect.stringMatching(/^arn:aws:kms:[a-z0-9-]+:\d{12}:/)]);
        if (index === 0) expect([table.id, key]).toEqual([table.id, expect.stringContaining(':key/')]);
      }
  });

  test('every database and cache is encrypted', () => {
    const encrypted = (each: Resource) =>
      isTrue(at(each, 'StorageEncrypted')) || at(each, 'SourceDBInstanceIdentifier') !== undefined;
    expect(violations(every('AWS::RDS::DBInstance'), encrypted)).toEqual([]);
    const cacheIs = (each: Resource) => isTrue(at(each, 'AtRestEncryptionEnabled'));
    expect(violations(everyOptional('AWS::ElastiCache::ReplicationGroup'), cacheIs)).toEqual([]);
  });
});

describe('in transit', () => {
  test('every bucket refuses calls without TLS', () => {
    for (const stage of everyStage) {
      const refusing = new Set(
        ofType(stage, 'AWS::S3::BucketPolicy')
          .filter(({ properties }) =>
            /"aws:SecureTransport":\s*(false|"false")/i.test(JSON.stringify(properties)),
          )
          .map((policy) => `${policy.stack.name} ${at(policy, 'Bucket')}`),
      );
      expect(
        violations(ofType(stage, 'AWS::S3::Bucket'), (bucket) =>
          refusing.has(`${bucket.stack.name} ${bucket.value('ref')}`),
        ),
      ).toEqual([]);
    }
  });

  test('every topic refuses messages without TLS', () => {
    for (const stage of everyStage) {
      const refusing = new Set(
        ofType(stage, 'AWS::SNS::TopicPolicy')
          .filter(({ properties }) =>
            /"aws:SecureTransport":\s*(false|"false")/i.test(JSON.stringify(properties)),
          )
          .flatMap((policy) => at(policy, 'Topics') as string[]),
      );
      expect(
        violations(ofType(stage, 'AWS::SNS::Topic'), (topic) => refusing.has(topic.value('ref'))),
      ).toEqual([]);
    }
  });

  test('every proxy and cache accepts TLS only', () => {
    expect(violations(everyOptional('AWS::RDS::DBProxy'), (each) => isTrue(at(each, 'RequireTLS')))).toEqual(
      [],
    );
    const transit = (each: Resource) => isTrue(at(each, 'TransitEncryptionEnabled'));
    expect(violations(everyOptional('AWS::ElastiCache::ReplicationGroup'), transit)).toEqual([]);
  });

  test('every database refuses connections without TLS', () => {
    for (const stage of everyStage) {
      const groups = ofType(stage, 'AWS::RDS::DBParameterGroup').filter(
        (group) => String(at(group, 'Parameters', 'rds.force_ssl')) === '1',
      );
      const forcing = new Set(groups.map((group) => `${group.stack.name} ${group.value('ref')}`));
      expect(
        violations(ofType(stage, 'AWS::RDS::DBInstance'), (each) =>
          forcing.has(`${each.stack.name} ${at(each, 'DBParameterGroupName')}`),
        ),
      ).toEqual([]);
    }
  });
});
