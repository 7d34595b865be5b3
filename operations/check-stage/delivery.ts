import type { CompiledStack } from '../../build/deployment.ts';
import type { AwsAccount, Caller } from './account.ts';
import { type Finding, missing, ok } from './finding.ts';

/** SHOP_ACCOUNT_DELIVERY_PROVIDER, and whether SHOP_ACCOUNT_DELIVERY_REPOSITORY is set. */
export type DeliverySettings = { provider: string | undefined; hasRepository: boolean };

/** Where a deployment of the account's stack starts. */
const deployAccount = 'cd resources/account && npx sls deploy (as an administrator)';
const audience = 'sts.amazonaws.com';

type Statement = { Effect?: string; Principal?: unknown; Action?: string | string[] };
type Document = { Statement: Statement[] };

/**
 * Every action that the stage's roles are granted: by their own policies, and by policies of keys that admit every
 * principal of the account, to which the boundary applies as well.
 */
export function roleActions(stacks: readonly CompiledStack[]): string[] {
  const statements = stacks
    .flatMap(({ template }) => Object.values(template.Resources))
    .flatMap(({ Type, Properties = {} }): Statement[] => {
      if (Type === 'AWS::IAM::Role')
        return ((Properties['Policies'] ?? []) as unknown as { PolicyDocument: Document }[]).flatMap(
          ({ PolicyDocument }) => PolicyDocument.Statement,
        );
      if (!/^AWS::KMS::(Key|ReplicaKey)$/.test(Type)) return [];
      const { Statement: ofKey } = Properties['KeyPolicy'] as unknown as Document;
      return ofKey.filter(({ Effect, Principal }) => Effect === 'Allow' && admitsEveryRole(Principal));
    });
  return [...new Set(statements.flatMap(({ Action = [] }) => Action))].toSorted();
}

const admitsEveryRole = (principal: unknown): boolean =>
  principal === '*' || (principal as { AWS?: unknown } | undefined)?.AWS === '*';

/** Checks that the deployed permissions boundary lets the stage's roles do what their policies grant. */
export function judgeBoundary(needed: readonly string[], allowed: readonly string[] | undefined): Finding {
  const check = 'permissions boundary';
  if (allowed === undefined)
    return missing(check, 'not deployed: no role of the stage can be created', deployAccount);
  const lacking = needed.filter((action) => !allowed.includes(action));
  return lacking.length === 0
    ? ok(check, `allows the ${needed.length} actions of the stage’s roles`)
    : missing(check, `lacks ${lacking.join(', ')}`, deployAccount);
}

/** What is known of GitHub's OIDC provider: an account has at most one per URL. */
export type Provider = {
  arn: string;
  /** Undefined: the account has none. */
  audiences: readonly string[] | undefined;
  /** Whether the account's stack created it. */
  isOwn: boolean;
  /** SHOP_ACCOUNT_DELIVERY_PROVIDER. */
  given: string | undefined;
  /** Whether SHOP_ACCOUNT_DELIVERY_REPOSITORY is set, so that the account's stack creates the delivery role. */
  isWanted: boolean;
};

/** Checks that the account's stack, deployed with these settings, neither creates a second provider nor deletes its own. */
export function judgeProvider({ arn, audiences, isOwn, given, isWanted }: Provider): Finding {
  const check = 'delivery provider';
  const use = `export SHOP_ACCOUNT_DELIVERY_PROVIDER=${arn}`;
  if (audiences === undefined) {
    if (given !== undefined)
      return missing(check, `${given} does not exist`, 'unset SHOP_ACCOUNT_DELIVERY_PROVIDER');
    return ok(check, isWanted ? 'none yet: resources/account creates it' : 'none: no workflow can deploy');
  }
  if (given !== undefined && given !== arn) return missing(check, `${given} is not GitHub’s`, use);
  if (!audiences.includes(audience))
    return missing(
      check,
      `${arn} lacks the audience ${audience}`,
      `aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn ${arn}`,
    );
  if (isOwn && given !== undefined)
    return missing(
      check,
      'resources/account created it, and would delete it',
      'unset SHOP_ACCOUNT_DELIVERY_PROVIDER',
    );
  return !isOwn && isWanted && given === undefined
    ? missing(check, `${arn} exists already, and resources/account would create another`, use)
    : ok(check, arn);
}

/** Compares the deployed permissions boundary with the stage's roles. */
export async function checkBoundary(
  { project, stacks }: { project: string; stacks: readonly CompiledStack[] },
  { partition, accountId }: Caller,
  account: AwsAccount,
): Promise<Finding> {
  const boundary = `arn:${partition}:iam::${accountId}:policy/${project}-boundary`;
  return judgeBoundary(roleActions(stacks), await account.policyActions(boundary));
}

/** Compares the account's OIDC provider of GitHub with the settings of the account's stack. */
export async function checkProvider(
  { project, delivery }: { project: string; delivery: DeliverySettings },
  { partition, accountId }: Caller,
  account: AwsAccount,
): Promise<Finding> {
  const arn = `arn:${partition}:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`;
  const own = await account.createdBy(`${project}-account`, 'DeliveryIdentityProvider');
  return judgeProvider({
    arn,
    audiences: await account.providerAudiences(arn),
    isOwn: own !== undefined,
    given: delivery.provider,
    isWanted: delivery.hasRepository,
  });
}
