import type { PolicyStatement } from '../../build/deployment.ts';
import { compilePolicy, type Decision } from '../../build/iam/evaluate.ts';

/** Decides on a method's ARN, `arn:aws:execute-api:region:account:api/stage/METHOD/path`. */
export type MethodPolicy = (methodArn: string) => Decision;

/**
 * Parses the policy document that an authorizer returned.
 * @returns undefined when it is not a policy document, which API Gateway reports as a broken authorizer
 */
export function parsePolicy(document: unknown): MethodPolicy | undefined {
  const { Statement } = (document ?? {}) as { Statement?: unknown };
  if (Statement === undefined || Statement === null) return undefined;
  const statements: PolicyStatement[] = [];
  for (const { Effect, Action, Resource } of [Statement].flat() as Record<string, unknown>[]) {
    if ((Effect !== 'Allow' && Effect !== 'Deny') || !isStrings(Action) || !isStrings(Resource))
      return undefined;
    statements.push({ effect: Effect, actions: [Action].flat(), resources: [Resource].flat() });
  }
  const policy = compilePolicy(statements);
  return (methodArn) => policy.evaluate('execute-api:Invoke', methodArn);
}

function isStrings(value: unknown): value is string | string[] {
  return [value].flat().every((item) => typeof item === 'string');
}
