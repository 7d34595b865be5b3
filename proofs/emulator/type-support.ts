/**
 * How the emulator supports each CloudFormation type of the shop's stacks. The proof fails for a type that is in no
 * list, so that each new type is classified.
 */
export const typeSupport = {
  /** Created and used in the proof: something fails without it. */
  deployed: [
    'AWS::ApiGateway::Authorizer',
    'AWS::ApiGateway::Deployment',
    'AWS::ApiGateway::GatewayResponse',
    'AWS::ApiGateway::Method',
    'AWS::ApiGateway::Resource',
    'AWS::ApiGateway::RestApi',
    'AWS::ApiGateway::Stage',
    'AWS::DynamoDB::GlobalTable',
    'AWS::DynamoDB::Table',
    'AWS::Events::Rule',
    'AWS::IAM::ManagedPolicy',
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::Lambda::Alias',
    'AWS::Lambda::EventInvokeConfig',
    'AWS::Lambda::EventSourceMapping',
    'AWS::Lambda::Function',
    'AWS::Lambda::Version',
    'AWS::S3::Bucket',
    'AWS::S3::BucketPolicy',
    'AWS::SNS::Subscription',
    'AWS::SNS::Topic',
    'AWS::SQS::Queue',
    'AWS::SQS::QueuePolicy',
    'AWS::SecretsManager::Secret',
    'Custom::SchemaMigration', // runs the services' migrate functions
  ],
  /** Created without effect: the emulator only stores a record of it. */
  stubbed: [
    'AWS::ApiGateway::Account', // no access logs are written
    'AWS::ApiGateway::DomainName', // the proof's API entry replaces the domain
    'AWS::Backup::BackupPlan', // nothing is backed up
    'AWS::Backup::BackupVault',
    'AWS::CertificateManager::Certificate',
    'AWS::CloudFront::CachePolicy', // the proof's API entry replaces CloudFront
    'AWS::CloudFront::Distribution', // the proof's API entry serves images
    'AWS::CloudFront::Function',
    'AWS::CloudFront::OriginAccessControl',
    'AWS::CloudFront::ResponseHeadersPolicy',
    'AWS::CloudWatch::Alarm', // it receives no metrics
    'AWS::CloudWatch::Dashboard',
    'AWS::EC2::InternetGateway', // no traffic goes through the network
    'AWS::EC2::Route',
    'AWS::EC2::RouteTable',
    'AWS::EC2::SecurityGroup',
    'AWS::EC2::Subnet',
    'AWS::EC2::SubnetRouteTableAssociation',
    'AWS::EC2::VPC',
    'AWS::EC2::VPCEndpoint',
    'AWS::EC2::VPCGatewayAttachment',
    'AWS::ElastiCache::ParameterGroup',
    'AWS::ElastiCache::ReplicationGroup',
    'AWS::ElastiCache::SubnetGroup',
    'AWS::KMS::Alias',
    'AWS::KMS::Key', // nothing is encrypted at rest
    'AWS::Lambda::Permission', // triggers fire without it
    'AWS::Logs::LogGroup', // retention is not applied within the proof
    'AWS::Logs::MetricFilter',
    'AWS::Logs::ResourcePolicy',
    'AWS::RDS::DBInstance', // the proof starts its own PostgreSQL
    'AWS::RDS::DBParameterGroup',
    'AWS::RDS::DBSubnetGroup',
    'AWS::Route53::HostedZone',
    'AWS::Route53::RecordSet', // nothing resolves it
    'AWS::SES::EmailIdentity', // verified without DNS
    'AWS::SNS::TopicPolicy',
    'AWS::SecretsManager::SecretTargetAttachment',
    'AWS::WAFv2::WebACL', // blocks nothing
  ],
  /** The emulator has no handler for it; workarounds.py replaces it with a placeholder. */
  leftOut: [
    'AWS::AccessAnalyzer::Analyzer',
    'AWS::ApiGatewayV2::RoutingRule',
    'AWS::ApplicationAutoScaling::ScalableTarget',
    'AWS::ApplicationAutoScaling::ScalingPolicy',
    'AWS::Backup::BackupSelection',
    'AWS::Budgets::Budget',
    'AWS::CloudTrail::Trail',
    'AWS::CloudWatch::CompositeAlarm',
    'AWS::CodeDeploy::Application',
    'AWS::CodeDeploy::DeploymentGroup',
    'AWS::Config::ConfigRule',
    'AWS::Config::ConfigurationRecorder',
    'AWS::Config::DeliveryChannel',
    'AWS::EC2::EIP',
    'AWS::EC2::FlowLog',
    'AWS::EC2::NatGateway',
    'AWS::EC2::NetworkAcl',
    'AWS::EC2::NetworkAclEntry',
    'AWS::EC2::SecurityGroupEgress',
    'AWS::EC2::SecurityGroupIngress',
    'AWS::EC2::SubnetNetworkAclAssociation',
    'AWS::GuardDuty::Detector',
    'AWS::KMS::ReplicaKey',
    'AWS::Logs::Delivery',
    'AWS::Logs::DeliveryDestination',
    'AWS::Logs::DeliverySource',
    'AWS::RDS::DBProxy',
    'AWS::RDS::DBProxyTargetGroup',
    'AWS::Route53::HealthCheck',
    'AWS::Route53::RecordSetGroup',
    'AWS::SecretsManager::ResourcePolicy',
    'AWS::SecretsManager::RotationSchedule',
    'AWS::WAFv2::LoggingConfiguration',
    'AWS::WAFv2::WebACLAssociation',
    'AWS::XRay::Group',
    'AWS::XRay::SamplingRule',
  ],
} as const;

export type SupportLevel = keyof typeof typeSupport;

/** How a type is supported; undefined when it is not classified. */
export const supportOf = (type: string): SupportLevel | undefined =>
  (['deployed', 'stubbed', 'leftOut'] as const).find((level) =>
    (typeSupport[level] as readonly string[]).includes(type),
  );
