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
  /** The logical id: exactly one resource, which may be in several stacks. */
  resource: string;
  reason: string;
};

export const exceptions: Exception[] = [
  {
    tool: 'checkov',
    rule: 'CKV_AWS_18',
    type: 'AWS::S3::Bucket',
    resource: 'ServerlessDeploymentBucket',
    reason: 'holds code and templates only, reachable by deployers only; CloudTrail records its use',
  },
  ...[
    'StockQueueOrderEvents',
    'MediaQueueMediaEvents',
    'OrderQueueOrderEvents',
    'PaymentQueuePaymentEvents',
    'ReservationLostQueueProductEvents',
    'NotificationQueueUserEvents',
    'NotificationQueueOrderEvents',
    'ReportQueueOrderEvents',
    'MediaPrivacyQueueUserEvents',
    'NotificationsPrivacyQueueUserEvents',
    'OrdersPrivacyQueueUserEvents',
    'PaymentsPrivacyQueueUserEvents',
    'ProductsPrivacyQueueUserEvents',
    'ReportsPrivacyQueueUserEvents',
    'AuditQueueUserEvents',
    'AuditQueueProductEvents',
    'AuditQueueOrderEvents',
    'AuditQueuePaymentEvents',
    'AuditQueueMediaEvents',
    'ReportsOnOrderMilestoneOrderCreated',
    'ReportsOnOrderMilestoneOrderCompleted',
    'ReportsOnOrderMilestoneOrderCancelled',
  ].map((subscription) => ({
    tool: 'checkov' as const,
    rule: 'CKV_AWS_27',
    type: 'AWS::SQS::Queue',
    resource: `${subscription}Undelivered`,
    reason:
      'encrypted with SQS’s own key: a mistake in our key must not refuse the messages that it left undelivered',
  })),
  // Routes without an authorizer: tests/templates/routes.test.ts compares each with `access: 'public'` in the service's api.ts.
  ...openRoutes(
    'returns only whether the service can connect to its store; used by load balancers and health checks',
    ...['Media', 'Notifications', 'Orders', 'Payments', 'Products', 'Reports', 'Users'].map(
      (service) => `${service}HealthGet`,
    ),
  ),
  ...openRoutes(
    'the client has no valid access token; the body authenticates it',
    'AuthRegisterPost',
    'AuthLoginPost',
    'AuthRefreshPost',
    'AuthLogoutPost',
    'AuthVerifyDashemailPost',
    'AuthVerifyDashemailResendPost',
    'AuthPasswordDashresetPost',
    'AuthPasswordDashresetConfirmPost',
    'AuthAcceptDashinvitationPost',
  ),
  ...openRoutes('public by its nature: the keys that verify access tokens', 'AuthJwksGet'),
  ...openRoutes('public by its nature: the description of the API', 'OpenapijsonGet'),
  ...openRoutes(
    'reads the catalogue, which is public; changes of it require an administrator',
    'CategoriesGet',
    'ProductsGet',
    'ProductsIdVarGet',
  ),
  ...openRoutes(
    'the provider signs its webhooks, and the function checks the signature',
    'PaymentsWebhooksStripePost',
  ),
];

/** `ApiGatewayMethodApiV1AuthLoginPost` is osls' logical id for `POST /api/v1/auth/login`. A GET comes with its HEAD. */
function openRoutes(reason: string, ...routes: string[]): Exception[] {
  const methods = routes.flatMap((route) =>
    route.endsWith('Get') ? [route, route.replace(/Get$/, 'Head')] : [route],
  );
  return methods.map((route) => ({
    tool: 'checkov',
    rule: 'CKV_AWS_59',
    type: 'AWS::ApiGateway::Method',
    resource: `ApiGatewayMethodApiV1${route}`,
    reason,
  }));
}

/** Rules of a tool that contradict the design (ADR 0009), by tool: read from the tools' own configuration files. */
export function contradictions(): Record<Finding['tool'], string[]> {
  const read = (name: string) => parse(readFileSync(join(root, name), 'utf8')) as Record<string, string[]>;
  return {
    'cfn-lint': read('.cfnlintrc.yaml')['ignore_checks'] ?? [],
    checkov: read('.checkov.yaml')['skip-check'] ?? [],
  };
}

/** The exception that accepts a finding, or undefined. */
export function exceptionOf(finding: Finding, { template }: CompiledTemplate): Exception | undefined {
  const type = template.Resources[finding.resource]?.Type;
  return exceptions.find(
    (each) =>
      each.tool === finding.tool &&
      each.rule === finding.rule &&
      each.type === type &&
      each.resource === finding.resource,
  );
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
