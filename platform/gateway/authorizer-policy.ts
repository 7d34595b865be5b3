/** What a policy says of one method: a named refusal wins, and silence refuses. */
export type Decision = 'allow' | 'explicit-deny' | 'implicit-deny';

/** Tells the decision on a method's ARN, `arn:aws:execute-api:region:account:api/stage/METHOD/path`. */
export type Policy = (methodArn: string) => Decision;

type Statement = { allows: boolean; resources: RegExp[] };

/**
 * Reads the policy document that an authorizer returned. Only statements on `execute-api:Invoke` count, `*` and `?`
 * are wildcards in actions and resources.
 * @returns undefined when it is no policy document, which API Gateway takes for a broken authorizer
 */
export function readPolicy(document: unknown): Policy | undefined {
  const statements = asList((document as { Statement?: unknown } | null | undefined)?.Statement);
  if (statements === undefined) return undefined;
  const read: Statement[] = [];
  for (const statement of statements as Record<string, unknown>[]) {
    const effect = statement?.Effect;
    const actions = texts(statement?.Action);
    const resources = texts(statement?.Resource);
    if ((effect !== 'Allow' && effect !== 'Deny') || actions === undefined || resources === undefined) {
      return undefined;
    }
    if (actions.some((action) => wildcard(action, 'i').test('execute-api:Invoke'))) {
      read.push({ allows: effect === 'Allow', resources: resources.map((resource) => wildcard(resource)) });
    }
  }
  return (methodArn) => {
    let decision: Decision = 'implicit-deny';
    for (const { allows, resources } of read) {
      if (!resources.some((resource) => resource.test(methodArn))) continue;
      if (!allows) return 'explicit-deny';
      decision = 'allow';
    }
    return decision;
  };
}

function asList(value: unknown): unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value : [value];
}

function texts(value: unknown): string[] | undefined {
  const list = asList(value);
  return list?.every((item) => typeof item === 'string') ? (list as string[]) : undefined;
}

function wildcard(pattern: string, flags = ''): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, `s${flags}`);
}
