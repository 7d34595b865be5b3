import type { Json } from '../deployment.ts';

/** Resource types that the local platform creates, runs or checks. */
export const handledTypes = [
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::Deployment', // names the stage
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage', // names the stage
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission', // checked: on AWS a trigger needs it
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy', // read for the objects that CloudFront may serve
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy', // checked: on AWS a subscription needs it to deliver
  'Custom::SchemaMigration',
] as const;

/** Resource types that exist on AWS only: the platform ignores them and lists them in its reports. */
export const cloudOnlyTypes = [
  // Network
  'AWS::EC2::DHCPOptions',
  'AWS::EC2::EIP',
  'AWS::EC2::FlowLog',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::NetworkAclEntry',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::EC2::VPCDHCPOptionsAssociation',
  // Databases and cache: PostgreSQL and Redis run locally, their addresses are template parameters
  'AWS::ElastiCache::ParameterGroup',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::SubnetGroup',
  'AWS::ElastiCache::User',
  'AWS::ElastiCache::UserGroup',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBProxy',
  'AWS::RDS::DBProxyEndpoint',
  'AWS::RDS::DBProxyTargetGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecretsManager::SecretTargetAttachment',
  // Encryption keys and cross-account access: only one account exists locally
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::KMS::ReplicaKey',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SNS::TopicPolicy',
  // Edge
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGatewayV2::RoutingRule',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::Route53::HealthCheck',
  'AWS::Route53::HostedZone',
  'AWS::Route53::RecordSet',
  'AWS::Route53::RecordSetGroup',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::EmailIdentity',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::RegexPatternSet',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  // Releases: locally the newest code is the only version
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentConfig',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  // Monitoring, audit and backup
  'AWS::AccessAnalyzer::Analyzer',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::BackupVault',
  'AWS::Budgets::Budget',
  'AWS::CloudTrail::Trail',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Config::ConfigRule',
  'AWS::Config::ConfigurationRecorder',
  'AWS::Config::DeliveryChannel',
  'AWS::GuardDuty::Detector',
  'AWS::Logs::Delivery',
  'AWS::Logs::DeliveryDestination',
  'AWS::Logs::DeliverySource',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
] as const;

export type HandledType = (typeof handledTypes)[number];

const handled = new Set<string>(handledTypes);
const cloudOnly = new Set<string>(cloudOnlyTypes);

/** Subscription protocols that the local platform delivers; e-mail is not one. */
const localProtocols = new Set<unknown>(['sqs', 'lambda']);

/**
 * Whether a resource of a handled type still exists on AWS only: an e-mail subscription, a rule on AWS's own events,
 * a role that no function assumes.
 */
export function existsOnAwsOnly(type: string, properties: Record<string, Json>): boolean {
  switch (type as HandledType) {
    case 'AWS::SNS::Subscription':
      return !localProtocols.has(properties['Protocol']);
    case 'AWS::Events::Rule':
      return properties['EventPattern'] !== undefined && properties['ScheduleExpression'] === undefined;
    case 'AWS::IAM::Role':
      return !JSON.stringify(properties['AssumeRolePolicyDocument'] ?? {}).includes('"lambda.amazonaws.com"');
    default:
      return false;
  }
}

/** Whether the platform handles a type, ignores it, or does not know it. */
export function kindOfType(type: string): 'handled' | 'cloud-only' | 'unknown' {
  if (handled.has(type)) return 'handled';
  return cloudOnly.has(type) ? 'cloud-only' : 'unknown';
}
