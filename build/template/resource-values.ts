import { createHash } from 'node:crypto';
import type { Json } from '../deployment.ts';

/** The parts of a resource that its names depend on. */
export type Nameable = {
  stackName: string;
  logicalId: string;
  region: string;
  accountId: string;
  /** `http://host:port`, before `/account/name` in queue URLs. */
  queueUrlBase: string;
  /** Returns a resolved property. */
  property: (name: string) => Json | undefined;
};

/** The value of `Ref` (`ref`), and those of `Fn::GetAtt` by attribute. */
export type ResourceValues = { ref: string } & Record<string, string>;

/**
 * The names and ARNs of resources in AWS's form. An unnamed resource gets a name derived from stack and
 * logical id, the same at every start.
 */
export const resourceValues: Record<string, (resource: Nameable) => ResourceValues> = {
  'AWS::ApiGateway::Authorizer': generatedId,
  'AWS::ApiGateway::Deployment': generatedId,
  'AWS::ApiGateway::GatewayResponse': generatedId,
  'AWS::ApiGateway::Method': generatedId,
  'AWS::ApiGateway::Resource': (r) => ({ ref: shortId(r), ResourceId: shortId(r) }),
  'AWS::ApiGateway::RestApi': (r) => ({
    ref: shortId(r),
    RestApiId: shortId(r),
    RootResourceId: rootResourceId(shortId(r)),
  }),
  'AWS::ApiGateway::Stage': (r) => ({ ref: nameOf(r, 'StageName') }),
  'AWS::DynamoDB::GlobalTable': tableValues,
  'AWS::DynamoDB::Table': tableValues,
  'AWS::Events::Rule': (r) => {
    const name = nameOf(r, 'Name');
    return { ref: name, Arn: arn(r, 'events', `rule/${name}`) };
  },
  'AWS::IAM::ManagedPolicy': (r) => {
    const Arn = `arn:aws:iam::${r.accountId}:policy/${nameOf(r, 'ManagedPolicyName')}`;
    return { ref: Arn, PolicyArn: Arn };
  },
  'AWS::IAM::Policy': generatedId,
  'AWS::IAM::Role': (r) => {
    const name = nameOf(r, 'RoleName');
    const path = String(r.property('Path') ?? '/');
    return { ref: name, Arn: `arn:aws:iam::${r.accountId}:role${path}${name}`, RoleId: `AROA${shortId(r)}` };
  },
  'AWS::Lambda::EventInvokeConfig': generatedId,
  'AWS::Lambda::EventSourceMapping': (r) => ({ ref: shortId(r), Id: shortId(r) }),
  'AWS::Lambda::Function': (r) => {
    const name = nameOf(r, 'FunctionName');
    return { ref: name, Arn: arn(r, 'lambda', `function:${name}`) };
  },
  'AWS::Lambda::Permission': generatedId,
  'AWS::S3::Bucket': (r) => {
    const name = nameOf(r, 'BucketName').toLowerCase();
    return {
      ref: name,
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${r.region}.amazonaws.com`,
    };
  },
  'AWS::SecretsManager::Secret': (r) => {
    const name = nameOf(r, 'Name');
    const Arn = arn(r, 'secretsmanager', `secret:${name}-${secretSuffix(name)}`);
    return { ref: Arn, Id: Arn };
  },
  'AWS::SNS::Subscription': (r) => ({ ref: `${r.stackName}-${r.logicalId}` }),
  'AWS::SNS::Topic': (r) => {
    const name = nameOf(r, 'TopicName', r.property('FifoTopic'));
    const TopicArn = arn(r, 'sns', name);
    return { ref: TopicArn, TopicArn, TopicName: name };
  },
  'AWS::SQS::Queue': (r) => {
    const QueueName = nameOf(r, 'QueueName', r.property('FifoQueue'));
    const QueueUrl = `${r.queueUrlBase}/${r.accountId}/${QueueName}`;
    return { ref: QueueUrl, QueueUrl, QueueName, Arn: arn(r, 'sqs', QueueName) };
  },
  'AWS::SSM::Parameter': (r) => ({ ref: nameOf(r, 'Name') }),
  'AWS::S3::BucketPolicy': generatedId,
  'AWS::SQS::QueuePolicy': generatedId,
  'Custom::SchemaMigration': generatedId,
  'Custom::ServiceDatabase': generatedId,
  // Cloud-only types that policies and triggers name: only their ARNs exist locally.
  'AWS::KMS::Alias': (r) => ({ ref: String(r.property('AliasName')) }),
  'AWS::KMS::Key': (r) => ({ ref: shortId(r), KeyId: shortId(r), Arn: arn(r, 'kms', `key/${shortId(r)}`) }),
  'AWS::Lambda::Alias': (r) => {
    const target = String(r.property('FunctionName'));
    const base = target.startsWith('arn:') ? target : arn(r, 'lambda', `function:${target}`);
    return { ref: `${base}:${r.property('Name')}`, AliasArn: `${base}:${r.property('Name')}` };
  },
  'AWS::Logs::LogGroup': (r) => {
    const name = nameOf(r, 'LogGroupName');
    return { ref: name, Arn: arn(r, 'logs', `log-group:${name}:*`) };
  },
};

/** AWS labels a stream with its creation time; a fixed label keeps ARNs the same at every start. */
const streamLabel = '2020-01-01T00:00:00.000';

/** The id of a REST API's `/`. */
export function rootResourceId(apiId: string): string {
  return `${apiId}-root`;
}

function tableValues(resource: Nameable): ResourceValues {
  const name = nameOf(resource, 'TableName');
  const Arn = arn(resource, 'dynamodb', `table/${name}`);
  const stream = resource.property('StreamSpecification') !== undefined;
  return { ref: name, Arn, ...(stream ? { StreamArn: `${Arn}/stream/${streamLabel}` } : {}) };
}

function generatedId(resource: Nameable): ResourceValues {
  return { ref: shortId(resource) };
}

/** Ten letters and digits, as API Gateway's ids have. */
function shortId({ stackName, logicalId }: Nameable): string {
  const hash = createHash('sha256').update(`${stackName}/${logicalId}`).digest();
  return BigInt(`0x${hash.toString('hex')}`)
    .toString(36)
    .slice(0, 10);
}

/** AWS appends six random characters to a secret's ARN; these are derived from the name. */
function secretSuffix(name: string): string {
  return createHash('sha256').update(name).digest('base64url').replaceAll(/[-_]/g, 'x').slice(0, 6);
}

function nameOf(resource: Nameable, property: string, fifo?: Json): string {
  const given = resource.property(property);
  if (given !== undefined && given !== null && given !== '') return String(given);
  const generated = `${resource.stackName}-${resource.logicalId}`;
  return fifo === true || fifo === 'true' ? `${generated}.fifo` : generated;
}

function arn({ region, accountId }: Nameable, service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${rest}`;
}
