/**
 * AWS's list prices for eu-west-1 (Ireland) in US dollars, without free tiers, discounts and taxes, each with its unit
 * and page. Prices change: check the most expensive rows before you rely on a sum.
 */
export const prices = {
  asOf: '2025-11',
  region: 'eu-west-1',
  lambdaRequests: 0.2, // a million: aws.amazon.com/lambda/pricing
  lambdaArmSeconds: 0.0000133334, // a GB-second: aws.amazon.com/lambda/pricing
  lambdaProvisionedArmSeconds: 0.0000033334, // a GB-second: aws.amazon.com/lambda/pricing
  apiRequests: 3.5, // a million: aws.amazon.com/api-gateway/pricing
  snsPublishes: 0.5, // a million: aws.amazon.com/sns/pricing
  sqsRequests: 0.5, // a million (FIFO): aws.amazon.com/sqs/pricing
  dynamoWrites: 0.705, // a million write units: aws.amazon.com/dynamodb/pricing/on-demand
  dynamoReads: 0.1415, // a million read units: aws.amazon.com/dynamodb/pricing/on-demand
  sesMails: 0.1, // a thousand: aws.amazon.com/ses/pricing
  secretReads: 0.05, // ten thousand: aws.amazon.com/secrets-manager/pricing
  kmsRequests: 0.03, // ten thousand: aws.amazon.com/kms/pricing
  logIngest: 0.57, // a GB: aws.amazon.com/cloudwatch/pricing
  xrayTraces: 5, // a million: aws.amazon.com/xray/pricing
  wafRequests: 0.6, // a million: aws.amazon.com/waf/pricing
  kmsKey: 1, // a month: aws.amazon.com/kms/pricing
  secret: 0.4, // a month: aws.amazon.com/secrets-manager/pricing
  alarm: 0.1, // a month: aws.amazon.com/cloudwatch/pricing
  compositeAlarm: 0.5, // a month: aws.amazon.com/cloudwatch/pricing
  dashboard: 3, // a month: aws.amazon.com/cloudwatch/pricing
  natGateway: 0.048, // an hour: aws.amazon.com/vpc/pricing
  natBytes: 0.048, // a GB: aws.amazon.com/vpc/pricing
  publicAddress: 0.005, // an hour: aws.amazon.com/vpc/pricing
  interfaceEndpoint: 0.011, // an hour and zone: aws.amazon.com/privatelink/pricing
  proxyVcpu: 0.018, // an hour and vCPU: aws.amazon.com/rds/proxy/pricing
  databaseStorage: 0.127, // a GB-month: aws.amazon.com/rds/postgresql/pricing
  webAcl: 5, // a month: aws.amazon.com/waf/pricing
  webAclRule: 1, // a month: aws.amazon.com/waf/pricing
  hostedZone: 0.5, // a month: aws.amazon.com/route53/pricing
  healthCheck: 0.5, // a month: aws.amazon.com/route53/pricing
  healthCheckFeature: 1, // a month, for HTTPS: aws.amazon.com/route53/pricing
} as const;

/**
 * PostgreSQL on RDS: one instance in one zone per hour, and its vCPUs, by which a proxy before it is charged
 * (aws.amazon.com/rds/postgresql/pricing, aws.amazon.com/rds/proxy/pricing).
 */
export const databaseSizes: Record<string, { hour: number; vcpus: number }> = {
  'db.t4g.micro': { hour: 0.017, vcpus: 2 },
  'db.t4g.small': { hour: 0.034, vcpus: 2 },
  'db.t4g.medium': { hour: 0.07, vcpus: 2 },
  'db.t4g.large': { hour: 0.141, vcpus: 2 },
  'db.r6g.large': { hour: 0.25, vcpus: 2 },
  'db.r6g.xlarge': { hour: 0.5, vcpus: 4 },
};
/** Redis on ElastiCache, one node, per hour (aws.amazon.com/elasticache/pricing). */
export const cacheHours: Record<string, number> = {
  'cache.t4g.micro': 0.018,
  'cache.t4g.small': 0.036,
  'cache.t4g.medium': 0.073,
  'cache.r7g.large': 0.243,
};

/** Hours of a month, as AWS's own calculator counts them. */
export const hoursPerMonth = 730;
