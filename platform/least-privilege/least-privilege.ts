import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { compilePolicy } from '../../build/iam/evaluate.ts';
import { pattern } from '../../build/iam/pattern.ts';
import type { CallsSnapshot } from '../aws-endpoint/call-counts.ts';
import { type ImpliedRight, impliedRights } from './implied-rights.ts';

/**
 * One line of the report.
 * - `used`: the grant allowed `count` calls
 * - `implied`: AWS requires it; `reason` and `page` say why
 * - `unused`: no call used it and AWS does not require it: remove it, or add a test of the code that uses it
 * - `missing`: AWS requires it and the role lacks it
 */
export type Finding = {
  verdict: 'used' | 'implied' | 'unused' | 'missing';
  function: string;
  action: string;
  resource: string;
  count?: number;
  reason?: string;
  page?: string;
};

/** Compares every grant of every function's role with the calls of a run and the table of implied rights. */
export function leastPrivilege(deployment: Deployment, calls: CallsSnapshot): Finding[] {
  const used = new Map(
    calls.grants.map((grant) => [`${grant.function}\n${grant.action}\n${grant.resource}`, grant.count]),
  );
  return deployment.functions.flatMap((fn) => {
    const role = deployment.roles.find((one) => one.arn === fn.roleArn);
    const granted = (role?.statements ?? [])
      .filter((statement) => statement.effect === 'Allow')
      .flatMap(({ actions, resources }) =>
        actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
      );
    const implied = impliedFor(fn, deployment);
    const grants = unique(granted).map((grant): Finding => {
      const base = { function: fn.name, ...grant };
      const count = used.get(`${fn.name}\n${grant.action}\n${grant.resource}`);
      if (count) return { ...base, verdict: 'used', count };
      const cause = implied.find((one) => covers(grant, one));
      if (cause) return { ...base, verdict: 'implied', reason: cause.reason, page: cause.page };
      return { ...base, verdict: 'unused' };
    });
    return [...grants, ...missingOf(fn, role?.statements ?? [], implied)];
  });
}

type Implied = ImpliedRight & { reason: string; page: string; required: boolean };

function impliedFor(fn: FunctionSpec, deployment: Deployment): Implied[] {
  return impliedRights.flatMap(({ reason, page, required, tolerated }) => [
    ...required(fn, deployment).map((right) => ({ ...right, reason, page, required: true })),
    ...(tolerated?.(fn, deployment) ?? []).map((right) => ({ ...right, reason, page, required: false })),
  ]);
}

/** Only the exact action covers: a wildcard would grant more than AWS requires. */
const covers = (grant: ImpliedRight, implied: ImpliedRight) =>
  grant.action.toLowerCase() === implied.action.toLowerCase() && pattern(grant.resource)(implied.resource);

function missingOf(
  fn: FunctionSpec,
  statements: Parameters<typeof compilePolicy>[0],
  implied: Implied[],
): Finding[] {
  const policy = compilePolicy(statements);
  return implied
    .filter((one) => one.required && !policy.evaluate(one.action, one.resource).allowed)
    .map(({ action, resource, reason, page }) => ({
      verdict: 'missing',
      function: fn.name,
      action,
      resource,
      reason,
      page,
    }));
}

const unique = (grants: ImpliedRight[]) => [
  ...new Map(grants.map((grant) => [`${grant.action}\n${grant.resource}`, grant])).values(),
];
