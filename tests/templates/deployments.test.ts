import { statementsOf } from './policy-documents.ts';
import { compileTimeoutMs, nameOf, ofType, type Stage, stageOf, stages } from './stage.ts';

let everywhere: Stage[];
beforeAll(async () => {
  everywhere = [];
  for (const stage of stages) everywhere.push(await stageOf(stage));
}, compileTimeoutMs);

/**
 * Services that say in their references that they name themselves when they take a role. Any other is refused by a
 * condition on `aws:SourceAccount` or `aws:SourceArn`, and nobody of another account could hand it the role.
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
  test('that failed keeps nothing that would stop the next one: what it made goes again', () => {
    for (const stage of everywhere) {
      const kept = stage.resources.filter(
        ({ type, written }) =>
          written.DeletionPolicy === 'Retain' &&
          // A migration is nothing in the account. Versions are: Lambda makes no second one of the same code.
          type !== 'Custom::SchemaMigration',
      );
      expect(kept.map(nameOf)).toEqual([]);
    }
  });

  test('asks who is behind a service only of services that say so', () => {
    for (const stage of everywhere) {
      const refused = ofType(stage, 'AWS::IAM::Role').filter((role) =>
        statementsOf(role.properties['AssumeRolePolicyDocument'] ?? {}).some(
          ({ conditions, principals }) =>
            Object.values(conditions).some((keys) =>
              Object.keys(keys).some((key) => key.startsWith('aws:Source')),
            ) && !principals.every((principal) => namesItself.has(principal)),
        ),
      );
      expect(refused.map(nameOf)).toEqual([]);
    }
  });

  test('with another number of shards moves keys, and does not make another cache under a taken name', () => {
    for (const stage of everywhere)
      for (const cache of ofType(stage, 'AWS::ElastiCache::ReplicationGroup'))
        expect(cache.written).toMatchObject({ UpdatePolicy: { UseOnlineResharding: true } });
  });
});
