import { nonEmpty } from '../setup/non-empty.ts';
import { statementsOf } from './policy-documents.ts';
import {
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

/**
 * Services that say in their references that they name themselves when they take a role. Any other is refused by a
 * condition on `aws:SourceAccount` or `aws:SourceArn`, and no principal of another account can pass it the role.
 * - AWS Config, "Permissions for the IAM Role Assigned to AWS Config"
 * - AWS CodeDeploy, "Cross-service confused deputy prevention"
 * - Amazon RDS, "Setting up and enabling Enhanced Monitoring"
 * - Amazon VPC, "IAM role for publishing flow logs to CloudWatch Logs"
 */
const namesItself = new Set([
  'Service:config.amazonaws.com',
  'Service:codedeploy.amazonaws.com',
  'Service:monitoring.rds.amazonaws.com',
  'Service:vpc-flow-logs.amazonaws.com',
]);

describe('a deployment', () => {
  test('that failed leaves nothing behind that would block the next one', () => {
    for (const stage of everyStage) {
      // A custom resource is nothing in the account. A version is: Lambda creates no second one of the same code.
      const deletable = stage.resources.filter(({ type }) => !type.startsWith('Custom::'));
      expect(violations(deletable, ({ written }) => written.DeletionPolicy !== 'Retain')).toEqual([]);
    }
  });

  test('puts a source condition only on services that send their source', () => {
    for (const stage of everyStage) {
      const isAssumable = (role: Resource) =>
        statementsOf(role.properties['AssumeRolePolicyDocument'] ?? {}).every(
          ({ conditions, principals }) =>
            !Object.values(conditions).some((keys) =>
              Object.keys(keys).some((key) => key.startsWith('aws:Source')),
            ) || principals.every((principal) => namesItself.has(principal)),
        );
      expect(violations(ofType(stage, 'AWS::IAM::Role'), isAssumable)).toEqual([]);
    }
  });

  test('with another number of shards reshards the cache online instead of replacing it', () => {
    const caches = everyStage.flatMap((stage) => ofOptionalType(stage, 'AWS::ElastiCache::ReplicationGroup'));
    for (const cache of nonEmpty(caches))
      expect(cache.written).toMatchObject({ UpdatePolicy: { UseOnlineResharding: true } });
  });
});
