import type { Json } from '../../build/deployment.ts';
import { type ConditionContext, compileConditions } from '../../build/iam/conditions.ts';
import { compilePolicy, type Policy } from '../../build/iam/evaluate.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { type AccountStack, accountIn } from './account.ts';
import { statementsOf } from './policy-documents.ts';
import { accountId, compileTimeoutMs, ofType, region, stageOf } from './stage.ts';

const repository = { DeliveryRepository: 'acme@123/shop@456', DeliveryEnvironment: 'prod' };
const providerArn = `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`;
const arn = (rest: string): string => `arn:aws:iam::${accountId}:${rest}`;

let account: AccountStack;
let policy: Policy;
beforeAll(async () => {
  account = await accountIn(region, repository);
  const [inline] = account.properties('DeliveryRole')['Policies'] as { PolicyDocument: Json }[];
  // PowerUserAccess, the attached policy, allows nothing of IAM (AWS Managed Policy Reference).
  policy = compilePolicy(
    statementsOf(inline!.PolicyDocument).map(({ allows, ...rest }) => ({
      ...rest,
      effect: allows ? 'Allow' : 'Deny',
    })),
  );
}, compileTimeoutMs);

describe('the trust of the delivery role', () => {
  const issuer = 'token.actions.githubusercontent.com';
  /** A token of the workflow's job `prod`, as GitHub documents its claims. */
  const token = {
    aud: 'sts.amazonaws.com',
    sub: 'repo:acme@123/shop@456:environment:prod',
    repository_id: '456',
    job_workflow_ref: 'acme/shop/.github/workflows/deploy.yml@refs/heads/main',
  };
  const isTrusted = (claims: Record<string, string>): boolean => {
    const context: ConditionContext = Object.fromEntries(
      Object.entries(claims).map(([name, value]) => [`${issuer}:${name}`, [value]]),
    );
    const document = account.properties('DeliveryRole')['AssumeRolePolicyDocument'] ?? {};
    return statementsOf(document).some(({ conditions }) => compileConditions(conditions)(context));
  };

  test('admits both forms of GitHub’s subject', () => {
    expect(isTrusted(token)).toBe(true);
    expect(isTrusted({ ...token, sub: 'repo:acme/shop:environment:prod' })).toBe(true);
  });

  test.each([
    ['another environment', { sub: 'repo:acme@123/shop@456:environment:staging' }],
    ['a branch without environment', { sub: 'repo:acme@123/shop@456:ref:refs/heads/main' }],
    ['another owner of the name', { sub: 'repo:acme@124/shop@457:environment:prod', repository_id: '457' }],
    [
      'another repository under the old subject',
      { sub: 'repo:acme/shop:environment:prod', repository_id: '457' },
    ],
    ['another workflow', { job_workflow_ref: 'acme/shop/.github/workflows/ci.yml@refs/heads/main' }],
    [
      'the workflow on another branch',
      { job_workflow_ref: 'acme/shop/.github/workflows/deploy.yml@refs/heads/fix' },
    ],
    ['another audience', { aud: 'https://github.com/acme' }],
  ])('refuses %s', (_, claims) => {
    expect(isTrusted({ ...token, ...claims })).toBe(false);
  });

  test('refuses a token without one of its claims', () => {
    for (const name of Object.keys(token)) {
      const { [name as keyof typeof token]: _, ...others } = token;
      expect([name, isTrusted(others)]).toEqual([name, false]);
    }
  });

  test('comes from the account’s own provider, where it is given', async () => {
    const existing = await accountIn(region, { ...repository, DeliveryProvider: providerArn });
    expect(existing.resources.has('DeliveryIdentityProvider')).toBe(false);
    const [statement] = statementsOf(existing.properties('DeliveryRole')['AssumeRolePolicyDocument'] ?? {});
    expect(statement?.principals).toEqual([`Federated:${providerArn}`]);
  });
});

describe('the delivery role', () => {
  const role = arn('role/shop-orders-prod-place-order-euw1');
  const bounded = { 'iam:permissionsboundary': [arn('policy/shop-boundary')] };
  const may = (action: string, resource: string, context: ConditionContext = {}): boolean =>
    policy.evaluate(action, resource, context).allowed;

  test.each(['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'])(
    'may call %s only with the boundary',
    (action) => {
      expect(may(action, role, bounded)).toBe(true);
      expect(may(action, role)).toBe(false);
      expect(may(action, role, { 'iam:permissionsboundary': [arn('policy/AdministratorAccess')] })).toBe(
        false,
      );
    },
  );

  test('cannot remove, replace or widen the boundary, or attach policies', () => {
    for (const action of ['DeleteRolePermissionsBoundary', 'AttachRolePolicy', 'CreatePolicy', 'CreateUser'])
      expect([action, may(`iam:${action}`, role, bounded)]).toEqual([action, false]);
    for (const action of ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicy'])
      expect([action, may(`iam:${action}`, arn('policy/shop-boundary'))]).toEqual([action, false]);
  });

  test('cannot change its own role, roles of other stages, or take another role', () => {
    const roles = ['role/shop-delivery', 'role/shop-backup', 'role/shop-orders-staging-place-order-euw1'];
    for (const each of roles)
      for (const action of ['PutRolePolicy', 'UpdateAssumeRolePolicy', 'PassRole'])
        expect([each, action, may(`iam:${action}`, arn(each), bounded)]).toEqual([each, action, false]);
    expect(policy.evaluate('sts:AssumeRole', arn('role/OrganizationAccountAccessRole')).explicitDeny).toBe(
      true,
    );
  });

  test.each([
    ['cloudtrail:StopLogging', `arn:aws:cloudtrail:${region}:${accountId}:trail/shop`],
    ['config:StopConfigurationRecorder', '*'],
    ['guardduty:DeleteDetector', `arn:aws:guardduty:${region}:${accountId}:detector/1`],
    ['s3:DeleteBucketPolicy', 'arn:aws:s3:::shop-account-auditbucket-1'],
    ['s3:DeleteObject', 'arn:aws:s3:::shop-account-auditbucket-1/AWSLogs/1'],
    ['cloudformation:DeleteStack', `arn:aws:cloudformation:${region}:${accountId}:stack/shop-account/1`],
  ])('cannot erase or stop the record of what it did: %s', (action, resource) => {
    expect(policy.evaluate(action, resource, {}).explicitDeny).toBe(true);
  });

  test('cannot delete or disable the key of the record', () => {
    const policies = account.properties('DeliveryRole')['Policies'] as { PolicyDocument: Json }[];
    const keyStatement = statementsOf(policies[0]!.PolicyDocument).find(({ sid }) => sid === 'KeepAuditKey');
    expect(keyStatement).toMatchObject({ allows: false });
    expect(keyStatement?.actions).toContain('kms:ScheduleKeyDeletion');
  });

  test('may create and pass every role of its stage to its service, and to no other', async () => {
    const prod = await stageOf('prod');
    const roles = ofType(prod, 'AWS::IAM::Role').filter(
      ({ stack }) => stack.directory !== 'resources/account',
    );
    const services = new Set<string>();
    for (const each of nonEmpty(roles, 'the roles of prod')) {
      const [statement] = statementsOf(each.properties['AssumeRolePolicyDocument'] ?? {});
      const service = (statement?.principals[0] ?? '').replace('Service:', '');
      services.add(service);
      const context = { ...bounded, 'iam:passedtoservice': [service] };
      for (const action of ['iam:CreateRole', 'iam:PassRole'])
        expect([each.value('Arn'), action, may(action, each.value('Arn'), context)]).toEqual([
          each.value('Arn'),
          action,
          true,
        ]);
    }
    const passable = account.properties('DeliveryRole')['Policies'] as { PolicyDocument: Json }[];
    const allowed = statementsOf(passable[0]!.PolicyDocument).find(({ sid }) => sid === 'PassRoles');
    expect(allowed?.conditions['StringEquals']?.['iam:PassedToService']).toEqual([...services].toSorted());
    const toBackup = { 'iam:passedtoservice': ['backup.amazonaws.com'] };
    expect(may('iam:PassRole', arn('role/shop-backup'), toBackup)).toBe(true);
    // CloudFormation reads it before it creates a selection of backups.
    expect(may('iam:GetRole', arn('role/shop-backup'))).toBe(true);
  });
});

describe('the account’s stack', () => {
  const globalTypes = /^AWS::(IAM::(OIDCProvider|ManagedPolicy)|CloudTrail::Trail)$/;

  test('creates what is unique in an account in the primary region only', async () => {
    const second = await accountIn('us-east-1', repository);
    const named = ({ resources, properties }: AccountStack): string[] =>
      [...resources]
        .filter(
          ([id, { Type }]) =>
            globalTypes.test(Type) || (Type === 'AWS::IAM::Role' && properties(id)['RoleName']),
        )
        .map(([id]) => id)
        .toSorted();
    expect(named(account)).toEqual([
      'AccountTrail',
      'BackupRole',
      'DeliveryIdentityProvider',
      'DeliveryRole',
      'PermissionsBoundary',
      'RestoreRole',
    ]);
    expect(named(second)).toEqual([]);
    expect(second.resources.has('ConfigRecorder')).toBe(true);
    const groups = [account, second].map(({ properties }) => properties('ConfigRecorder')['RecordingGroup']);
    expect(groups).toMatchObject([
      { IncludeGlobalResourceTypes: true },
      { IncludeGlobalResourceTypes: false },
    ]);
  });

  test('creates no delivery role without a repository', async () => {
    const { resources } = await accountIn(region);
    expect([resources.has('DeliveryRole'), resources.has('DeliveryIdentityProvider')]).toEqual([
      false,
      false,
    ]);
    expect(resources.has('PermissionsBoundary')).toBe(true);
  });
});
