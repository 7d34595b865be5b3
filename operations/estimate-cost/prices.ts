/** One price: what a unit costs, in US dollars. */
export type Price = { usd: number; unit: string; page: string };

const hour = 'hour';
const gbMonth = 'GB-month';
const million = 'million';

/**
 * AWS's list prices for eu-west-1 (Ireland), without free tiers, discounts and taxes, from the page in each row. Prices
 * change: check the most expensive rows before you rely on a sum.
 */
export const prices = {
  asOf: '2025-11',
  region: 'eu-west-1',
  lambdaRequests: { usd: 0.2, unit: million, page: 'aws.amazon.com/lambda/pricing' },
  lambdaArmSeconds: { usd: 0.0000133334, unit: 'GB-second', page: 'aws.amazon.com/lambda/pricing' },
  lambdaProvisionedArmSeconds: {
    usd: 0.0000033334,
    unit: 'GB-second',
    page: 'aws.amazon.com/lambda/pricing',
  },
  apiRequests: { usd: 3.5, unit: million, page: 'aws.amazon.com/api-gateway/pricing' },
  snsPublishes: { usd: 0.5, unit: million, page: 'aws.amazon.com/sns/pricing' },
  sqsRequests: { usd: 0.5, unit: `${million} (FIFO)`, page: 'aws.amazon.com/sqs/pricing' },
  dynamoWrites: {
    usd: 0.705,
    unit: `${million} write units`,
    page: 'aws.amazon.com/dynamodb/pricing/on-demand',
  },
  dynamoReads: {
    usd: 0.1415,
    unit: `${million} read units`,
    page: 'aws.amazon.com/dynamodb/pricing/on-demand',
  },
  sesMails: { usd: 0.1, unit: 'thousand', page: 'aws.amazon.com/ses/pricing' },
  s3Puts: { usd: 0.005, unit: 'thousand', page: 'aws.amazon.com/s3/pricing' },
  s3Gets: { usd: 0.0004, unit: 'thousand', page: 'aws.amazon.com/s3/pricing' },
  secretReads: { usd: 0.05, unit: 'ten thousand', page: 'aws.amazon.com/secrets-manager/pricing' },
  kmsRequests: { usd: 0.03, unit: 'ten thousand', page: 'aws.amazon.com/kms/pricing' },
  logIngest: { usd: 0.57, unit: 'GB', page: 'aws.amazon.com/cloudwatch/pricing' },
  xrayTraces: { usd: 5, unit: million, page: 'aws.amazon.com/xray/pricing' },
  wafRequests: { usd: 0.6, unit: million, page: 'aws.amazon.com/waf/pricing' },
  kmsKey: { usd: 1, unit: 'month', page: 'aws.amazon.com/kms/pricing' },
  secret: { usd: 0.4, unit: 'month', page: 'aws.amazon.com/secrets-manager/pricing' },
  alarm: { usd: 0.1, unit: 'month', page: 'aws.amazon.com/cloudwatch/pricing' },
  compositeAlarm: { usd: 0.5, unit: 'month', page: 'aws.amazon.com/cloudwatch/pricing' },
  dashboard: { usd: 3, unit: 'month', page: 'aws.amazon.com/cloudwatch/pricing' },
  natGateway: { usd: 0.048, unit: hour, page: 'aws.amazon.com/vpc/pricing' },
  publicAddress: { usd: 0.005, unit: hour, page: 'aws.amazon.com/vpc/pricing' },
  interfaceEndpoint: { usd: 0.011, unit: `${hour} and zone`, page: 'aws.amazon.com/privatelink/pricing' },
  proxyVcpu: { usd: 0.018, unit: `${hour} and vCPU`, page: 'aws.amazon.com/rds/proxy/pricing' },
  databaseStorage: { usd: 0.127, unit: gbMonth, page: 'aws.amazon.com/rds/postgresql/pricing' },
  webAcl: { usd: 5, unit: 'month', page: 'aws.amazon.com/waf/pricing' },
  webAclRule: { usd: 1, unit: 'month', page: 'aws.amazon.com/waf/pricing' },
  hostedZone: { usd: 0.5, unit: 'month', page: 'aws.amazon.com/route53/pricing' },
  healthCheck: { usd: 0.5, unit: 'month', page: 'aws.amazon.com/route53/pricing' },
  healthCheckFeature: { usd: 1, unit: 'month, for HTTPS', page: 'aws.amazon.com/route53/pricing' },
} as const;

/** PostgreSQL on RDS, one instance in one zone, per hour; Multi-AZ counts twice (aws.amazon.com/rds/postgresql/pricing). */
export const databaseHours: Record<string, number> = {
  'db.t4g.micro': 0.017,
  'db.t4g.small': 0.034,
  'db.t4g.medium': 0.07,
  'db.t4g.large': 0.141,
  'db.r6g.large': 0.25,
  'db.r6g.xlarge': 0.5,
};
/** vCPUs of a database, which a proxy before it is charged by, two at least (aws.amazon.com/rds/proxy/pricing). */
export const databaseVcpus: Record<string, number> = {
  'db.t4g.micro': 2,
  'db.t4g.small': 2,
  'db.t4g.medium': 2,
  'db.t4g.large': 2,
  'db.r6g.large': 2,
  'db.r6g.xlarge': 4,
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
