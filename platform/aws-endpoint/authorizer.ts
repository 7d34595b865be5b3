import type { Deployment } from '../../build/deployment.ts';
import { compilePolicy, type Decision, type Policy } from '../../build/iam/evaluate.ts';
import { AwsError, type Caller, type RequiredPermission } from './call.ts';
import type { CallCounts } from './call-counts.ts';

export type Authorizer = {
  /** Allows the call and counts it. @throws AwsError access-denied, logged, when a permission is missing */
  require(
    caller: Caller,
    service: string,
    operation: string,
    requiredPermissions: RequiredPermission[],
  ): void;
  /** Whether the caller has a permission that only affects the form of a response; counted as used if so. */
  allows(caller: Caller, action: string, resource: string): boolean;
  /** The caller's ARN, as STS returns it: `arn:aws:sts::…:assumed-role/role/function`. */
  arnOf(caller: Caller): string;
  /** Replaces the roles. */
  use(deployment: Pick<Deployment, 'functions' | 'roles' | 'accountId'>): void;
};

/** Enough for every action and table of a shop; the number of object keys is unbounded. */
const maxCachedDecisions = 5_000;
const allowEverything: Decision = { allowed: true, explicitDeny: false, grants: [] };

type RoleOf = { roleName: string; policy: Policy };

/** Decides by the compiled role of the calling function, and denies by default. Decisions are cached per function. */
export function authorizer(counts: CallCounts, log: (line: string) => void): Authorizer {
  let roles = new Map<string, RoleOf>();
  let accountId = '000000000000';
  const cached = new Map<string, Decision>();

  const decide = (
    caller: Caller,
    action: string,
    resource: string,
    permission?: RequiredPermission,
  ): Decision => {
    if (caller.operator) return allowEverything;
    const key = `${caller.name}\n${action}\n${resource}`;
    const known = cached.get(key);
    if (known) return known;
    const role = roles.get(caller.name);
    if (!role) return { allowed: false, explicitDeny: false, grants: [] };
    const conditional = role.policy.hasConditions(action);
    const own =
      conditional && typeof permission?.context === 'function' ? permission.context() : permission?.context;
    const context = { 'aws:securetransport': ['true'], ...own }; // loopback counts as TLS
    const decision = role.policy.evaluate(action, resource, context);
    if (!conditional) {
      if (cached.size >= maxCachedDecisions) cached.clear();
      cached.set(key, decision);
    }
    return decision;
  };

  const arnOf = (caller: Caller) =>
    caller.operator
      ? `arn:aws:iam::${accountId}:user/operator`
      : `arn:aws:sts::${accountId}:assumed-role/${roles.get(caller.name)?.roleName ?? 'none'}/${caller.name}`;

  return {
    arnOf,
    use(deployment) {
      accountId = deployment.accountId;
      cached.clear();
      const byArn = new Map(deployment.roles.map((role) => [role.arn, role]));
      roles = new Map(
        deployment.functions.flatMap((fn) => {
          const role = byArn.get(fn.roleArn);
          return role ? [[fn.name, { roleName: role.name, policy: compilePolicy(role.statements) }]] : [];
        }),
      );
    },
    allows(caller, action, resource) {
      const decision = decide(caller, action, resource);
      if (decision.allowed) counts.recordGrants(caller.name, decision.grants);
      return decision.allowed;
    },
    require(caller, service, operation, requiredPermissions) {
      for (const permission of requiredPermissions) {
        const resources =
          typeof permission.resource === 'string' ? [permission.resource] : permission.resource;
        const decisions = resources.map((resource) =>
          decide(caller, permission.action, resource, permission),
        );
        const denied = decisions.some((decision) => decision.explicitDeny);
        const at = denied ? -1 : decisions.findIndex((decision) => decision.allowed);
        const resource = resources[Math.max(at, 0)] ?? '*';
        counts.record(caller.name, service, operation, permission.action, countedAs(resource), at >= 0);
        if (at >= 0) counts.recordGrants(caller.name, decisions[at]?.grants ?? []);
        else throw refuse(permission.action, resource, denied, caller);
      }
    },
  };

  function refuse(action: string, resource: string, explicit: boolean, caller: Caller): AwsError {
    const why = explicit
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
    log(`denied: function ${caller.name} may not ${action} on ${resource}, ${why}`);
    return new AwsError(
      'access-denied',
      `User: ${arnOf(caller)} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    );
  }
}

/** Objects are counted by the first part of their key, so that the counts do not grow with every picture. */
function countedAs(resource: string): string {
  const object = /^(arn:aws:s3:::[^/]+\/)([^/]*)(\/?)/.exec(resource);
  return object ? `${object[1]}${object[3] ? `${object[2]}/` : ''}*` : resource;
}
