import type { Deployment, FunctionSpec } from '../../build/deployment.ts';

/** What a function finds around it when it runs. */
export type SelfReport = {
  name: string;
  arn: string;
  memoryMb: number;
  /** At the beginning of the invocation. */
  remainingMs: number;
  /** Every variable; the values of credentials are left out. */
  environment: Record<string, string>;
  identityArn: string;
  /** The name of the error that `dynamodb:ListTables` ended with, or `allowed`. No role of the shop grants it. */
  notGranted: string;
};

/**
 * Variables that Lambda sets, and those by which a platform other than AWS makes itself reachable.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const setByLambda = /^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN_TRACE_ID$|LANG$|TZ$|PATH$|LD_LIBRARY_PATH$|NODE_PATH$)/;

/** A function may start late on a busy machine: of its time, this much may be gone when the probe first looks. */
const startMs = 2000;

/**
 * Where a function's report is not what the compiled template asks for, one sentence each. `tolerated` matches
 * names of variables that the platform is known to add (docs/platform-differences.md).
 */
export function differencesOf(spec: FunctionSpec, report: SelfReport, tolerated?: RegExp): string[] {
  const found: string[] = [];
  const expect = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== got)
      found.push(`${spec.name}: ${what} is ${String(got)}, the template asks for ${String(wanted)}`);
  };
  expect('its name', spec.name, report.name);
  expect('its ARN', spec.arn, report.arn);
  expect('its memory', spec.memoryMb, report.memoryMb);
  if (report.remainingMs > spec.timeoutMs || report.remainingMs < spec.timeoutMs - startMs) {
    found.push(
      `${spec.name}: ${report.remainingMs} ms are left of the ${spec.timeoutMs} that the template gives`,
    );
  }
  for (const [name, value] of Object.entries(spec.environment)) {
    expect(`the variable ${name}`, comparable(value), comparable(report.environment[name] ?? '(not set)'));
  }
  for (const name of Object.keys(report.environment)) {
    if (name in spec.environment || setByLambda.test(name) || tolerated?.test(name)) continue;
    found.push(`${spec.name}: has the variable ${name}, which the template does not set`);
  }
  const [, account, role] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(spec.roleArn) ?? [];
  expect('its identity', `arn:aws:sts::${account}:assumed-role/${role}/${spec.name}`, report.identityArn);
  expect('the answer to a call that is not granted', 'AccessDeniedException', report.notGranted);
  return found;
}

/** Secrets end in six characters that are made up anew at each deployment. */
function comparable(value: string): string {
  return value.replaceAll(/(:secret:[\w/+=.@-]+)-[A-Za-z0-9]{6}\b/g, '$1-??????');
}

/** Functions whose role grants the call that the probe makes in order to be refused; there should be none. */
export function rolesThatGrantTheProbe(deployment: Deployment): string[] {
  const grants = /^(\*|dynamodb:(\*|List\*|ListTables))$/i;
  return deployment.roles
    .filter((role) =>
      role.statements.some(
        ({ effect, actions }) => effect === 'Allow' && actions.some((action) => grants.test(action)),
      ),
    )
    .map((role) => role.name);
}
