/** Resource types that the local platform makes, runs or checks. */
export const HANDLED_TYPES = [
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::Deployment', // names the stage
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage', // names the stage
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission', // checked: a trigger without it never fires on AWS
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy', // checked: a subscription without it delivers nothing on AWS
] as const;

/** Resource types that exist on AWS only: the platform passes them over and names them in its reports. */
export const CLOUD_ONLY_TYPES = [
  // Network
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
  // Databases and cache: PostgreSQL and Redis run locally, their addresses are template parameters
  'AWS::ElastiCache::ParameterGroup',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::SubnetGroup',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBProxy',
  'AWS::RDS::DBProxyTargetGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecretsManager::SecretTargetAttachment',
  // Keys and who may use a resource from outside its account: nothing outside reaches a laptop
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::S3::BucketPolicy',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SNS::TopicPolicy',
  // Edge
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGatewayV2::RoutingRule',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::Route53::HealthCheck',
  'AWS::Route53::HostedZone',
  'AWS::Route53::RecordSet',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::EmailIdentity',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  // Releases: locally the newest code is the only version
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  // Watching and keeping
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::BackupVault',
  'AWS::Budgets::Budget',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
] as const;

export type HandledType = (typeof HANDLED_TYPES)[number];

const handled = new Set<string>(HANDLED_TYPES);
const cloudOnly = new Set<string>(CLOUD_ONLY_TYPES);

/** Whether the platform handles a type, passes it over, or does not know it. */
export function kindOfType(type: string): 'handled' | 'cloud-only' | 'unknown' {
  if (handled.has(type)) return 'handled';
  return cloudOnly.has(type) ? 'cloud-only' : 'unknown';
}
