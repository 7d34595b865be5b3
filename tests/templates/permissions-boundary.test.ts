import { nonEmpty } from '../setup/non-empty.ts';
import { policiesOf, statementsOf } from './policy-documents.ts';
import {
  accountId,
  compileTimeoutMs,
  ofType,
  type Resource,
  type Stage,
  stageOf,
  stages,
  violations,
} from './stage.ts';

const boundaryArn = `arn:aws:iam::${accountId}:policy/shop-boundary`;
let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

/** The account's stack is deployed by an administrator, not by the delivery role. */
const isDelivered = ({ stack }: Resource): boolean => stack.directory !== 'resources/account';
const rolesOf = (stage: Stage): Resource[] => ofType(stage, 'AWS::IAM::Role').filter(isDelivered);
const boundaryOf = (stage: Stage) => {
  const [boundary] = ofType(stage, 'AWS::IAM::ManagedPolicy').filter(
    (each) => each.value('ref') === boundaryArn,
  );
  return statementsOf(boundary?.properties['PolicyDocument'] ?? {});
};

/** What roles are granted: by their own policies, and by key policies, which admit every principal of the account. */
const grantedActions = (stage: Stage): string[] =>
  nonEmpty(
    policiesOf(stage)
      .filter(({ of, own }) => (own && isDelivered(of)) || /^AWS::KMS::(Key|ReplicaKey)$/.test(of.type))
      .flatMap(({ own, statements }) =>
        statements
          .filter(({ allows, principals }) => allows && (own || principals.includes('AWS:*')))
          .flatMap(({ actions }) => actions),
      ),
    `the actions of ${stage.name}`,
  );

describe('the permissions boundary', () => {
  test('is on every role of every stage, which the delivery role could not create otherwise', () => {
    for (const stage of everyStage)
      expect(
        violations(rolesOf(stage), (role) => role.properties['PermissionsBoundary'] === boundaryArn),
      ).toEqual([]);
  });

  test('allows exactly the actions that the roles of all stages need', () => {
    const needed = [...new Set(everyStage.flatMap(grantedActions))].toSorted();
    for (const stage of everyStage) {
      const allowed = boundaryOf(stage).flatMap(({ actions }) => actions);
      // A difference is repaired in resources/account/boundary.yml; that stack is deployed before the stage.
      expect(allowed.toSorted()).toEqual(needed);
    }
  });

  test('allows nothing that changes identities, takes roles or matches future actions', () => {
    for (const stage of everyStage)
      for (const { allows, actions, conditions } of nonEmpty(boundaryOf(stage), 'its statements')) {
        expect([allows, conditions]).toEqual([true, {}]);
        expect(actions.filter((action) => /^(iam|sts|organizations|account):|[*?]/.test(action))).toEqual([]);
      }
  });

  test('is enough, because no role of a stage attaches managed policies', () => {
    for (const stage of everyStage)
      expect(
        violations(rolesOf(stage), (role) => role.properties['ManagedPolicyArns'] === undefined),
      ).toEqual([]);
  });
});
