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

type Role = { name: string; policy: Policy };
type Decide = (
  caller: Caller,
  action: string,
  resource: string,
  context?: RequiredPermission['context'],
) => Decision;

/** Decides by the compiled role of the calling function, and denies by default. */
export function authorizer(counts: CallCounts, log: (line: string) => void): Authorizer {
  let roles = new Map<string, Role>();
  let accountId = '000000000000';
  let decide = decider(roles);

  const arnOf = (caller: Caller) =>
    caller.operator
      ? `arn:aws:iam::${accountId}:user/operator`
      : `arn:aws:sts::${accountId}:assumed-role/${roles.get(caller.name)?.name ?? 'none'}/${caller.name}`;

  const accessDenied = (
    caller: Caller,
    action: string,
    resource: string,
    explicitDeny: boolean,
  ): AwsError => {
    const reason = explicitDeny
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
    log(`denied: function ${caller.name} may not ${action} on ${resource}, ${reason}`);
    return new AwsError(
      'access-denied',
      `User: ${arnOf(caller)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
    );
  };

  return {
    arnOf,
    use(deployment) {
      accountId = deployment.accountId;
      roles = compileRoles(deployment);
      decide = decider(roles);
    },
    allows(caller, action, resource) {
      const decision = decide(caller, action, resource);
      if (decision.allowed) counts.recordGrants(caller.name, decision.grants);
      return decision.allowed;
    },
    require(caller, service, operation, requiredPermissions) {
      for (const permission of requiredPermissions) {
        const { action, resource, explicitDeny, grants } = decideAny(decide, caller, permission);
        const allowed = grants !== undefined;
        counts.record(
          caller.name,
          service,
          operation,
          action,
          countedAs(resource),
          allowed,
          permission.items,
        );
        if (!allowed) throw accessDenied(caller, action, resource, explicitDeny);
        counts.recordGrants(caller.name, grants);
      }
    },
  };
}

function compileRoles(deployment: Pick<Deployment, 'functions' | 'roles'>): Map<string, Role> {
  const byArn = new Map(deployment.roles.map((role) => [role.arn, role]));
  return new Map(
    deployment.functions.flatMap((fn) => {
      const role = byArn.get(fn.roleArn);
      return role ? [[fn.name, { name: role.name, policy: compilePolicy(role.statements) }]] : [];
    }),
  );
}

/** Evaluates the policies of `roles`. Caches decisions per function, unless they depend on conditions. */
function decider(roles: ReadonlyMap<string, Role>): Decide {
  const cached = new Map<string, Decision>();
  return (caller, action, resource, context) => {
    if (caller.operator) return allowEverything;
    const key = `${caller.name}\n${action}\n${resource}`;
    const known = cached.get(key);
    if (known) return known;
    const policy = roles.get(caller.name)?.policy;
    if (!policy) return { allowed: false, explicitDeny: false, grants: [] };
    const conditional = policy.hasConditions(action);
    const own = conditional && typeof context === 'function' ? context() : context;
    const decision = policy.evaluate(action, resource, {
      'aws:securetransport': ['true'], // loopback counts as TLS
      ...own,
    });
    if (!conditional) {
      if (cached.size >= maxCachedDecisions) cached.clear();
      cached.set(key, decision);
    }
    return decision;
  };
}

/** One of the resources is enough, unless a statement denies one explicitly. `grants` is undefined when denied. */
function decideAny(decide: Decide, caller: Caller, { action, resource, context }: RequiredPermission) {
  const resources = typeof resource === 'string' ? [resource] : resource;
  const decisions = resources.map((one) => decide(caller, action, one, context));
  const explicitDeny = decisions.some((decision) => decision.explicitDeny);
  const at = explicitDeny ? -1 : decisions.findIndex((decision) => decision.allowed);
  return { action, resource: resources[Math.max(at, 0)] ?? '*', explicitDeny, grants: decisions[at]?.grants };
}

/** Objects are counted by the first part of their key, so that the counts do not grow with every picture. */
function countedAs(resource: string): string {
  const object = /^(arn:aws:s3:::[^/]+\/)([^/]*)(\/?)/.exec(resource);
  return object ? `${object[1]}${object[3] ? `${object[2]}/` : ''}*` : resource;
}
