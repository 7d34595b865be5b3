import type { PolicyStatement } from '../deployment.ts';
import { type ConditionContext, compileConditions } from './conditions.ts';
import { pattern } from './pattern.ts';

/** One pair of action and resource that a statement allows, as written in the policy. */
export type Grant = { action: string; resource: string };

/** The decision on one request. `grants` lists all that allow it, so that a report can show which are used. */
export type Decision = { allowed: boolean; explicitDeny: boolean; grants: Grant[] };

/** A role's compiled statements. */
export type Policy = {
  evaluate(action: string, resource: string, context?: ConditionContext): Decision;
  /** Whether a decision depends on the request's context and must not be cached. */
  hasConditions(action: string): boolean;
};

type Rule = Grant & {
  deny: boolean;
  conditional: boolean;
  matchesAction: (action: string) => boolean;
  matchesResource: (resource: string) => boolean;
  holds: (context: ConditionContext) => boolean;
};

/**
 * Compiles a role's statements. An explicit deny wins; without an allow the request is denied
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 * @throws TypeError for a condition or a policy variable that is not supported
 */
export function compilePolicy(statements: PolicyStatement[]): Policy {
  const rules = statements.flatMap(rulesOf);
  return {
    hasConditions: (action) => rules.some((rule) => rule.conditional && rule.matchesAction(action)),
    evaluate(action, resource, context = {}) {
      const matching = rules.filter(
        (rule) => rule.matchesAction(action) && rule.matchesResource(resource) && rule.holds(context),
      );
      const explicitDeny = matching.some((rule) => rule.deny);
      const grants = matching
        .filter((rule) => !rule.deny)
        .map((rule) => ({ action: rule.action, resource: rule.resource }));
      return { allowed: !explicitDeny && grants.length > 0, explicitDeny, grants };
    },
  };
}

function rulesOf(statement: PolicyStatement): Rule[] {
  const holds = compileConditions(statement.conditions);
  return statement.actions.flatMap((action) =>
    statement.resources.map((resource) => {
      if (resource.includes('${'))
        throw new TypeError(`The policy variable in ${resource} is not evaluated by the local platform`);
      return {
        action,
        resource,
        deny: statement.effect === 'Deny',
        conditional: Object.keys(statement.conditions ?? {}).length > 0,
        matchesAction: pattern(action, true),
        matchesResource: pattern(resource),
        holds,
      };
    }),
  );
}
