import type { Json } from '../../build/deployment.ts';
import {
  accountId,
  at,
  compileTimeoutMs,
  ofType,
  type Resource,
  type Stage,
  stageOf,
  stages,
  violations,
} from './stage.ts';

const everyStage: Stage[] = [];
beforeAll(async () => {
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

type Statement = {
  Effect: string;
  Principal: Json;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
};
const isOurs = ({ id }: Resource): boolean => id !== 'ServerlessDeploymentBucket';
/** As given, or as CloudFormation generates it (without the random ending). */
const bucketName = (bucket: Resource): string => bucket.value('ref');
const bucketsOf = (stage: Stage): Resource[] => ofType(stage, 'AWS::S3::Bucket').filter(isOurs);
const everyBucket = (): Resource[] => everyStage.flatMap(bucketsOf);
const stageNamed = (name: string): Stage => everyStage.find((stage) => stage.name === name)!;
const policyOf = (bucket: Resource): Statement[] =>
  everyStage
    .flatMap((stage) => ofType(stage, 'AWS::S3::BucketPolicy'))
    .filter((policy) => policy.stack.name === bucket.stack.name)
    .filter((policy) => at(policy, 'Bucket') === bucketName(bucket))
    .flatMap((policy) => at(policy, 'PolicyDocument', 'Statement') as unknown as Statement[]);
const listed = (value: string | string[]): string[] => [value].flat();

describe('buckets', () => {
  test('keep versions, and take no access lists', () => {
    expect(
      violations(
        everyBucket(),
        (bucket) =>
          at(bucket, 'VersioningConfiguration', 'Status') === 'Enabled' &&
          at(bucket, 'OwnershipControls', 'Rules', 0, 'ObjectOwnership') === 'BucketOwnerEnforced',
      ),
    ).toEqual([]);
  });

  test('refuse requests without TLS, or with a version below 1.2', () => {
    const refuses = (bucket: Resource, operator: string, key: string, value: string): boolean =>
      policyOf(bucket).some(
        ({ Effect, Principal, Action, Resource, Condition }) =>
          Effect === 'Deny' &&
          Principal === '*' &&
          Action === 's3:*' &&
          listed(Resource).length === 2 &&
          Condition?.[operator]?.[key] === value,
      );
    expect(
      violations(
        everyBucket(),
        (bucket) =>
          refuses(bucket, 'Bool', 'aws:SecureTransport', 'false') &&
          refuses(bucket, 'NumericLessThan', 's3:TlsVersion', '1.2'),
      ),
    ).toEqual([]);
  });

  test('have no fixed name where a service writes while the stack is created: a rollback cannot delete them', () => {
    // Both write a file as soon as they are set up (AWS Config, "Permissions for the Amazon S3 bucket"; CloudTrail,
    // "Amazon S3 bucket policy for CloudTrail"). S3 and CloudFront deliver logs hours or requests later.
    const writers = /^Service:(config|cloudtrail)\.amazonaws\.com$/;
    const filled = everyBucket().filter((bucket) =>
      policyOf(bucket).some(
        ({ Principal, Action, Effect }) =>
          Effect === 'Allow' &&
          listed(Action).includes('s3:PutObject') &&
          writers.test(`Service:${(Principal as { Service?: string }).Service}`),
      ),
    );
    expect(violations(filled, (bucket) => at(bucket, 'BucketName') === undefined)).toEqual([]);
  });

  test('log reads to the log bucket of their region', () => {
    const logs = (bucket: Resource): string =>
      bucket.stack.name === 'shop-account'
        ? 'shop-account-auditaccesslogsbucket'
        : bucketName(bucket).replace(/^(shop-\w+)-.*?(-\d{12}-)/, '$1-access-logs$2');
    expect(
      violations(everyBucket(), (bucket) => {
        const to = at(bucket, 'LoggingConfiguration', 'DestinationBucketName');
        return bucketName(bucket) === logs(bucket) ? to === undefined : to === logs(bucket);
      }),
    ).toEqual([]);
  });

  test('delete unfinished uploads and replaced versions', () => {
    type Rule = { AbortIncompleteMultipartUpload?: Json; NoncurrentVersionExpiration?: Json };
    expect(
      violations(everyBucket(), (bucket) => {
        const rules = (at(bucket, 'LifecycleConfiguration', 'Rules') ?? []) as Rule[];
        return (
          rules.some((rule) => rule.AbortIncompleteMultipartUpload !== undefined) &&
          rules.some((rule) => rule.NoncurrentVersionExpiration !== undefined)
        );
      }),
    ).toEqual([]);
  });

  test('notify EventBridge where they are backed up continuously', () => {
    const prod = stageNamed('prod');
    const backedUp = ofType(prod, 'AWS::Backup::BackupSelection').flatMap((selection) =>
      listed(at(selection, 'BackupSelection', 'Resources') as string[]).filter((arn) =>
        arn.startsWith('arn:aws:s3:::'),
      ),
    );
    expect(backedUp.length).toBeGreaterThan(0);
    for (const arn of backedUp) {
      const bucket = bucketsOf(prod).find((one) => arn === `arn:aws:s3:::${bucketName(one)}`);
      expect([
        arn,
        bucket && at(bucket, 'NotificationConfiguration', 'EventBridgeConfiguration', 'EventBridgeEnabled'),
      ]).toEqual([arn, true]);
    }
  });

  test('of code keep versions and refuse requests without TLS, as our Config rules require of every bucket', () => {
    const rules = everyStage.flatMap((stage) =>
      ofType(stage, 'AWS::Config::ConfigRule').map((rule) => at(rule, 'Source', 'SourceIdentifier')),
    );
    expect(rules).toEqual(
      expect.arrayContaining(['S3_BUCKET_VERSIONING_ENABLED', 'S3_BUCKET_SSL_REQUESTS_ONLY']),
    );
    const ofCode = everyStage.flatMap((stage) =>
      ofType(stage, 'AWS::S3::Bucket').filter((bucket) => !isOurs(bucket)),
    );
    expect(
      violations(ofCode, (bucket) => at(bucket, 'VersioningConfiguration', 'Status') === 'Enabled'),
    ).toEqual([]);
    const refusesPlainHttp = (bucket: Resource) =>
      JSON.stringify(bucket.stack.template.Resources['ServerlessDeploymentBucketPolicy'] ?? {}).includes(
        '"aws:SecureTransport":false',
      );
    expect(violations(ofCode, refusesPlainHttp)).toEqual([]);
  });

  test('let only the CloudFront of this account read public objects, and learn which are missing', () => {
    const admitted = bucketsOf(stageNamed('prod')).flatMap((bucket) =>
      policyOf(bucket)
        .filter(({ Principal }) => JSON.stringify(Principal) === '{"Service":"cloudfront.amazonaws.com"}')
        .map(({ Action, Resource, Condition }) => {
          expect(['s3:GetObject', 's3:ListBucket']).toContain(Action);
          expect(JSON.stringify(Condition)).toContain(`:cloudfront::${accountId}:distribution/`);
          return listed(Resource).map((arn) => arn.replace(/^.*:::shop-prod-(.*?)-\d{12}-[\w-]+/, '$1'));
        }),
    );
    expect([...new Set(admitted.flat())].sort()).toEqual([
      'product-images',
      'product-images/renditions/*',
      'web',
      'web/admin/*',
      'web/www/*',
    ]);
  });
});

describe('order documents', () => {
  test('cannot be changed by anyone for seven years in prod, in both regions, and can elsewhere', () => {
    for (const stage of everyStage) {
      const documents = bucketsOf(stage).filter((bucket) => bucketName(bucket).includes('-order-documents-'));
      const locks = documents.map((bucket) =>
        at(bucket, 'ObjectLockConfiguration', 'Rule', 'DefaultRetention'),
      );
      const seven = { Mode: 'COMPLIANCE', Years: '7' };
      expect([stage.name, locks]).toEqual([stage.name, stage.name === 'prod' ? [seven, seven] : [undefined]]);
      for (const bucket of documents)
        expect(at(bucket, 'ObjectLockEnabled')).toBe(stage.name === 'prod' ? true : undefined);
    }
  });
});

describe('copies in the second region', () => {
  type Destination = { Bucket: string; EncryptionConfiguration?: { ReplicaKmsKeyID: string } };
  const destinations = (bucket: Resource): Destination[] =>
    ((at(bucket, 'ReplicationConfiguration', 'Rules') ?? []) as { Destination: Destination }[]).map(
      ({ Destination }) => Destination,
    );
  const algorithm = (bucket: Resource): Json | undefined =>
    at(
      bucket,
      'BucketEncryption',
      'ServerSideEncryptionConfiguration',
      0,
      'ServerSideEncryptionByDefault',
      'SSEAlgorithm',
    );

  test('exist in prod for every bucket except the logs, and in no other stage', () => {
    for (const stage of everyStage) {
      const copied = bucketsOf(stage)
        .filter((bucket) => destinations(bucket).length > 0)
        .map((bucket) => bucketName(bucket).split(`-${accountId}`)[0]);
      const all = ['order-documents', 'product-images', 'user-files', 'web'].map(
        (name) => `shop-prod-${name}`,
      );
      expect([stage.name, copied.sort()]).toEqual([stage.name, stage.name === 'prod' ? all : []]);
    }
  });

  test('go to existing buckets with the same encryption, by roles with permission to write there', () => {
    const prod = stageNamed('prod');
    expect(bucketsOf(prod).flatMap(destinations)).not.toEqual([]);
    for (const source of bucketsOf(prod)) {
      for (const { Bucket, EncryptionConfiguration } of destinations(source)) {
        const copy = bucketsOf(prod).find((bucket) => `arn:aws:s3:::${bucketName(bucket)}` === Bucket);
        expect([Bucket, copy?.region]).toEqual([Bucket, 'us-east-1']);
        expect([Bucket, algorithm(copy!)]).toEqual([Bucket, algorithm(source)]);
        const key = EncryptionConfiguration?.ReplicaKmsKeyID;
        if (algorithm(source) === 'AES256') expect(key).toBeUndefined();
        else {
          const aliases = ofType(prod, 'AWS::KMS::Alias').filter(({ region }) => region === 'us-east-1');
          const names = aliases.map(
            (alias) => `arn:aws:kms:us-east-1:${accountId}:${at(alias, 'AliasName')}`,
          );
          expect(names).toContain(key);
        }
        const roleArn = at(source, 'ReplicationConfiguration', 'Role');
        const role = ofType(prod, 'AWS::IAM::Role').find((each) => each.value('Arn') === roleArn);
        const statements = at(role!, 'Policies', 0, 'PolicyDocument', 'Statement') as unknown as Statement[];
        const may = (action: string): string[] =>
          statements
            .filter(({ Action }) => listed(Action).includes(action))
            .flatMap(({ Resource }) => listed(Resource));
        expect(may('s3:GetObjectVersionForReplication')).toContain(`arn:aws:s3:::${bucketName(source)}/*`);
        for (const action of ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'])
          expect(may(action)).toContain(`${Bucket}/*`);
      }
    }
  });
});
