import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Template } from '../deployment.ts';
import { root } from '../stacks.ts';
import type { CompiledTemplate } from './templates.ts';
import type { Finding } from './tools.ts';

/** A suppressed finding on one resource, with its reason. */
export type Suppression = Pick<Finding, 'tool' | 'rule' | 'resource'> & { reason: string };

/**
 * Resources that osls or a plugin generates cannot have exceptions in their Metadata, so they are listed here. All
 * others are in the Metadata of the resource.
 */
type Exception = {
  tool: Finding['tool'];
  rule: string;
  type: string;
  /** Logical ids. */
  resource: Pick<RegExp, 'test'>;
  reason: string;
};

export const exceptions: Exception[] = [
  {
    tool: 'checkov',
    rule: 'CKV_AWS_18',
    type: 'AWS::S3::Bucket',
    resource: /^ServerlessDeploymentBucket$/,
    reason: 'holds code and templates only, reachable by deployers only; CloudTrail records its use',
  },
  // Routes without an authorizer: tests/templates/routes.test.ts compares each with `access: 'public'` in the service's api.ts.
  openRoute(/Health$/, 'returns only whether the service can connect to its store; used by load balancers'),
  openRoute(
    /^Auth(Register|Login|Refresh|Logout|PasswordReset|PasswordResetConfirm)$/,
    'the client has no valid access token; the body authenticates it',
  ),
  openRoute(
    /^(AuthJwks|Openapijson)$/,
    'public by its nature: the public keys, and the description of the API',
  ),
  openRoute(/^(Categories|Products|ProductsIdVar|ProductsIdVarReviews)$/, 'the catalogue is public'),
  openRoute(
    /^PaymentsWebhooksStripe$/,
    'the provider signs its webhooks, and the function checks the signature',
  ),
];

/** `ApiGatewayMethodApiV1AuthLoginPost` is osls' logical id for `POST /api/v1/auth/login`. */
function openRoute(path: RegExp, reason: string): Exception {
  const resource = {
    test: (id: string) => path.test(/^ApiGatewayMethodApiV1(.+)(Get|Post)$/.exec(id)?.[1] ?? ''),
  };
  return { tool: 'checkov', rule: 'CKV_AWS_59', type: 'AWS::ApiGateway::Method', resource, reason };
}

/** Rules of a tool that contradict the design (ADR 0009), by tool: read from the tools' own configuration files. */
export function contradictions(): Record<Finding['tool'], string[]> {
  const read = (name: string) => parse(readFileSync(join(root, name), 'utf8')) as Record<string, string[]>;
  return {
    'cfn-lint': read('.cfnlintrc.yaml')['ignore_checks'] ?? [],
    checkov: read('.checkov.yaml')['skip-check'] ?? [],
  };
}

/** The reason of a finding's exception, or undefined if it has none. */
export function reasonFor(finding: Finding, { template }: CompiledTemplate): string | undefined {
  const type = template.Resources[finding.resource]?.Type;
  return exceptions.find(
    (each) =>
      each.tool === finding.tool &&
      each.rule === finding.rule &&
      each.type === type &&
      each.resource.test(finding.resource),
  )?.reason;
}

type Metadata = {
  checkov?: { skip?: { id?: string; comment?: string }[] };
  'cfn-lint'?: { config?: { ignore_checks?: string[] }; reason?: string };
};

/** The suppressions that stand in a template's Metadata; a missing reason is an empty string. */
export function suppressionsIn(template: Template): Suppression[] {
  const of = (resource: string, metadata: Metadata = {}): Suppression[] => [
    ...(metadata.checkov?.skip ?? []).map(({ id = '', comment = '' }) => ({
      tool: 'checkov' as const,
      rule: id,
      resource,
      reason: comment,
    })),
    ...(metadata['cfn-lint']?.config?.ignore_checks ?? []).map((rule) => ({
      tool: 'cfn-lint' as const,
      rule,
      resource,
      reason: metadata['cfn-lint']?.reason ?? '',
    })),
  ];
  const all = template as { Metadata?: Metadata } & {
    Resources: Record<string, { Metadata?: Metadata }>;
  };
  return [
    ...of('', all.Metadata),
    ...Object.entries(all.Resources).flatMap(([id, { Metadata: own }]) => of(id, own)),
  ];
}
