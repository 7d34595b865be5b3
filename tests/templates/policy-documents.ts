import type { Json } from '../../build/deployment.ts';
import type { Resource, Stage } from './stage.ts';

/** One statement of a policy, with single values as lists. */
export type Statement = {
  sid: string;
  allows: boolean;
  actions: string[];
  resources: string[];
  /** `AWS:*`, `Service:sns.amazonaws.com`; empty in the policy of a role, which is its own principal. */
  principals: string[];
  conditions: Record<string, Record<string, string[]>>;
};

/** A policy and its resource. `own`: a policy of a role, which says what the role may do. */
export type Policy = { of: Resource; own: boolean; statements: Statement[] };

/** The property of a type that contains its resource policy. */
const resourcePolicies: Record<string, string> = {
  'AWS::Backup::BackupVault': 'AccessPolicy',
  'AWS::EC2::VPCEndpoint': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::KMS::ReplicaKey': 'KeyPolicy',
  'AWS::Logs::ResourcePolicy': 'PolicyDocument',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
};

/** Every policy of a stage that grants something: permissions boundaries (permissions-boundary.test.ts) do not. */
export function policiesOf({ resources }: Stage): Policy[] {
  const boundaries = new Set(resources.map(({ properties }) => properties['PermissionsBoundary']));
  return resources.flatMap((of): Policy[] => {
    const { type, properties } = of;
    if (type === 'AWS::IAM::ManagedPolicy' && boundaries.has(of.value('ref'))) return [];
    if (type === 'AWS::IAM::Role')
      return ((properties['Policies'] ?? []) as { PolicyDocument: Json }[]).map(({ PolicyDocument }) => ({
        of,
        own: true,
        statements: statementsOf(PolicyDocument),
      }));
    if (['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'].includes(type))
      return [{ of, own: true, statements: statementsOf(properties['PolicyDocument'] ?? {}) }];
    const document = properties[resourcePolicies[type] ?? ''];
    return document === undefined ? [] : [{ of, own: false, statements: statementsOf(document) }];
  });
}

/** The statements of a policy document, given as an object or as JSON text. */
export function statementsOf(document: Json): Statement[] {
  const { Statement = [] } = (typeof document === 'string' ? JSON.parse(document) : document) as {
    Statement?: Record<string, Json> | Record<string, Json>[];
  };
  return [Statement].flat().map((statement) => {
    const list = (name: string) => asList(statement[name]);
    if (statement['NotAction'] !== undefined || statement['NotResource'] !== undefined)
      throw new TypeError('NotAction and NotResource allow actions and resources that are not listed.');
    return {
      sid: String(statement['Sid'] ?? ''),
      allows: statement['Effect'] === 'Allow',
      actions: list('Action'),
      resources: list('Resource'),
      principals: principalsOf(statement['Principal']),
      conditions: Object.fromEntries(
        Object.entries((statement['Condition'] ?? {}) as Record<string, Record<string, Json>>).map(
          ([operator, keys]) => [
            operator,
            Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, asList(value)])),
          ],
        ),
      ),
    };
  });
}

const asList = (value: Json | undefined): string[] =>
  value === undefined ? [] : [value].flat().map((item) => String(item));

function principalsOf(principal: Json | undefined): string[] {
  if (principal === undefined) return [];
  if (typeof principal === 'string') return [`AWS:${principal}`];
  return Object.entries(principal as Record<string, Json>).flatMap(([kind, names]) =>
    asList(names).map((name) => `${kind}:${name}`),
  );
}
