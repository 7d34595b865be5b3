import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { compilePolicy } from '../../build/iam/evaluate.ts';

/** A table that does not exist, and that no role of the shop grants. */
export const tableWithoutGrant = 'not-granted';

/** What a function observes about itself when it runs. */
export type SelfReport = {
  name: string;
  arn: string;
  memoryMb: number;
  /** At the beginning of the invocation. */
  remainingMs: number;
  /** Every variable, without the values of credentials. */
  environment: Record<string, string>;
  identityArn: string;
  /** The name of the error of `dynamodb:Scan` on a table that no role of the shop grants, or `allowed`. */
  notGranted: string;
};

/**
 * Variables that Lambda sets, and those with which another platform gives its address.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const setByLambda = /^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN_TRACE_ID$|LANG$|TZ$|PATH$|LD_LIBRARY_PATH$|NODE_PATH$)/;

/** On a busy machine, this much of a function's time may have passed when the probe starts. */
const startMs = 2000;

/**
 * The differences between a function's report and the compiled template, one sentence each. `tolerated` matches the names
 * of variables that the platform is known to add (docs/platform-differences.md).
 */
export function differencesOf(spec: FunctionSpec, report: SelfReport, tolerated?: RegExp): string[] {
  const found: string[] = [];
  const expect = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== got)
      found.push(`${spec.name}: ${what} is ${String(got)}, the template sets ${String(wanted)}`);
  };
  expect('its name', spec.name, report.name);
  expect('its ARN', spec.arn, report.arn);
  expect('its memory', spec.memoryMb, report.memoryMb);
  if (report.remainingMs > spec.timeoutMs || report.remainingMs < spec.timeoutMs - startMs) {
    found.push(`${spec.name}: ${report.remainingMs} ms remain of the template's ${spec.timeoutMs}`);
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
  expect('the error of a call that is not granted', 'AccessDeniedException', report.notGranted);
  return found;
}

/** An ARN of a secret ends in six random characters. */
function comparable(value: string): string {
  return value.replaceAll(/(:secret:[\w/+=.@-]+)-[A-Za-z0-9]{6}\b/g, '$1-??????');
}

/** Roles that grant the call that must be denied to the probe; there should be none. */
export function rolesThatGrantTheProbe({ roles, region, accountId }: Deployment): string[] {
  const table = `arn:aws:dynamodb:${region}:${accountId}:table/${tableWithoutGrant}`;
  return roles
    .filter(({ statements }) => compilePolicy(statements).evaluate('dynamodb:Scan', table).allowed)
    .map(({ name }) => name);
}
