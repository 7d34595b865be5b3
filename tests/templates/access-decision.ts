import { type ConditionContext, compileConditions } from '../../build/iam/conditions.ts';
import { pattern } from '../../build/iam/pattern.ts';
import { serviceRequest } from '../../build/iam/service-principals.ts';
import { type Policy, policiesOf, type Statement } from './policy-documents.ts';
import { accountId, at, ofType, type Resource, type Stage } from './stage.ts';

/** The principal of a request: a service, or a role, possibly through a service. */
export type Caller = { service: string; sourceArn?: string } | { role: string; through?: string };

/** Evaluates the policies of a stage as IAM does. */
export class Access {
  readonly #stage: Stage;
  readonly #policies: Policy[];

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#policies = policiesOf(stage);
  }

  /** Whether a role's own policies allow an action on a resource. Conditions count as met. */
  roleMay(roleArn: string, action: string, resource: string): boolean {
    const statements = this.#policies
      .filter(({ of, own }) => own && this.#isOf(of, roleArn))
      .flatMap((policy) => policy.statements)
      .filter((statement) => concerns(statement, action, resource));
    return statements.length > 0 && statements.every(({ allows }) => allows);
  }

  #isOf(of: Resource, roleArn: string): boolean {
    if (of.type === 'AWS::IAM::Role') return of.value('Arn') === roleArn;
    const roles = (at(of, 'Roles') ?? (at(of, 'RoleName') ? [at(of, 'RoleName')] : [])) as string[];
    if (roles.some((name) => roleArn.endsWith(`/${name}`))) return true;
    const holder = ofType(this.#stage, 'AWS::IAM::Role').find((role) => role.value('Arn') === roleArn);
    const managed = (holder ? (at(holder, 'ManagedPolicyArns') ?? []) : []) as string[];
    return of.type === 'AWS::IAM::ManagedPolicy' && managed.includes(of.value('ref'));
  }

  /** Whether the policies of a queue or topic allow a caller an action on it. */
  admits(resource: Resource, action: string, caller: Caller): boolean {
    const name = resource.value('ref');
    return this.#policies
      .filter(({ of }) => ((at(of, 'Queues') ?? at(of, 'Topics') ?? []) as string[]).includes(name))
      .some(({ statements }) => permits(statements, action, resource.value(arnOf(resource)), caller));
  }

  /** The key that encrypts a queue, topic or other resource; undefined when it has none of this shop. */
  keyOf(resource: Resource): Resource | undefined {
    const reference = at(resource, 'KmsMasterKeyId') ?? at(resource, 'KmsKeyId');
    const target = ofType(this.#stage, 'AWS::KMS::Alias').find(
      (alias) => at(alias, 'AliasName') === reference && alias.region === resource.region,
    );
    const id = target ? at(target, 'TargetKeyId') : reference;
    return ofType(this.#stage, 'AWS::KMS::Key').find((key) =>
      [key.value('ref'), key.value('Arn')].includes(String(id)),
    );
  }

  /** Whether a key's policy, or for a role its own policies, allow a caller to use the key. */
  keyAdmits(key: Resource, action: string, caller: Caller): boolean {
    const policy = this.#policies.find(({ of }) => of === key);
    if (permits(policy?.statements ?? [], action, key.value('Arn'), caller)) return true;
    return 'role' in caller && this.roleMay(caller.role, action, key.value('Arn'));
  }
}

const arnOf = ({ type }: Resource): string => (type === 'AWS::SNS::Topic' ? 'TopicArn' : 'Arn');

function concerns({ actions, resources }: Statement, action: string, resource: string): boolean {
  return (
    actions.some((each) => pattern(each, true)(action)) && resources.some((each) => pattern(each)(resource))
  );
}

function permits(statements: Statement[], action: string, resource: string, caller: Caller): boolean {
  const context = contextOf(caller, action);
  const matching = statements.filter(
    (statement) =>
      concerns(statement, action, resource) &&
      statement.principals.some((principal) => isCaller(principal, caller)) &&
      compileConditions(statement.conditions)(context),
  );
  return matching.length > 0 && matching.every(({ allows }) => allows);
}

function isCaller(principal: string, caller: Caller): boolean {
  if ('service' in caller) return principal === `Service:${caller.service}` || principal === 'AWS:*';
  return principal === 'AWS:*' || principal === `AWS:${caller.role}`;
}

/**
 * The condition keys of a request; of a service, those that it documents
 * (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html).
 */
function contextOf(caller: Caller, action: string): ConditionContext {
  if ('service' in caller) {
    const known: ConditionContext = {
      'aws:sourceaccount': [accountId],
      ...(caller.sourceArn === undefined ? {} : { 'aws:sourcearn': [caller.sourceArn] }),
    };
    const { keys } = serviceRequest(caller.service, action);
    const sent = Object.entries(known).filter(([key]) => keys.includes(key));
    return { 'aws:securetransport': ['true'], ...Object.fromEntries(sent) };
  }
  return {
    'kms:calleraccount': [accountId],
    'aws:principalaccount': [accountId],
    'aws:securetransport': ['true'],
    ...(caller.through === undefined ? {} : { 'kms:viaservice': [caller.through] }),
  };
}
