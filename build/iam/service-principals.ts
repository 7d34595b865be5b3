/**
 * The condition keys that a service documents for its own requests to another service. A policy that demands another key
 * denies every such request, which no template check by AWS reports. Names in lower case, as in a request's context.
 */
type ServiceRequest = {
  /** Without the region, which some services add. */
  principal: string;
  /** Prefix of the actions: `sts` is the trust policy of a role, `lambda` the permission of a function. */
  service: string;
  keys: string[];
  page: string;
};

const sourceArn = 'aws:sourcearn';
const sourceAccount = 'aws:sourceaccount';
const docs = 'https://docs.aws.amazon.com';

/** Requests of services that policies of this repository admit. */
export const serviceRequests: ServiceRequest[] = [
  {
    principal: 'apigateway.amazonaws.com',
    service: 'lambda',
    keys: [sourceArn],
    page: `${docs}/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html`,
  },
  {
    principal: 'budgets.amazonaws.com',
    service: 'kms',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/cost-management/latest/userguide/budgets-sns-policy.html`,
  },
  {
    principal: 'budgets.amazonaws.com',
    service: 'sns',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/cost-management/latest/userguide/budgets-sns-policy.html`,
  },
  {
    principal: 'cloudfront.amazonaws.com',
    service: 'kms',
    keys: [sourceArn],
    page: `${docs}/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html`,
  },
  {
    principal: 'cloudfront.amazonaws.com',
    service: 's3',
    keys: [sourceArn],
    page: `${docs}/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html`,
  },
  {
    principal: 'cloudtrail.amazonaws.com',
    service: 'kms',
    keys: [sourceArn, 'kms:encryptioncontext:aws:cloudtrail:arn'],
    page: `${docs}/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html`,
  },
  {
    principal: 'cloudtrail.amazonaws.com',
    service: 's3',
    keys: [sourceArn, 's3:x-amz-acl'],
    page: `${docs}/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html`,
  },
  {
    principal: 'cloudwatch.amazonaws.com',
    service: 'kms',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/sns/latest/dg/sns-key-management.html`,
  },
  {
    principal: 'cloudwatch.amazonaws.com',
    service: 'sns',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/sns/latest/dg/sns-access-policy-use-cases.html`,
  },
  {
    principal: 'codedeploy.amazonaws.com',
    service: 'sts',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/codedeploy/latest/userguide/cross-service-confused-deputy-prevention.html`,
  },
  {
    principal: 'config.amazonaws.com',
    service: 'kms',
    keys: [sourceAccount],
    page: `${docs}/config/latest/developerguide/s3-kms-key-policy.html`,
  },
  {
    principal: 'config.amazonaws.com',
    service: 's3',
    keys: [sourceAccount, 's3:x-amz-acl'],
    page: `${docs}/config/latest/developerguide/s3-bucket-policy.html`,
  },
  {
    principal: 'config.amazonaws.com',
    service: 'sts',
    keys: [sourceAccount],
    page: `${docs}/config/latest/developerguide/cross-service-confused-deputy-prevention.html`,
  },
  {
    principal: 'delivery.logs.amazonaws.com',
    service: 's3',
    keys: [sourceArn, sourceAccount, 's3:x-amz-acl'],
    page: `${docs}/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html`,
  },
  {
    principal: 'events.amazonaws.com',
    service: 'lambda',
    keys: [sourceArn],
    page: `${docs}/eventbridge/latest/userguide/eb-use-resource-based.html`,
  },
  {
    principal: 'logging.s3.amazonaws.com',
    service: 's3',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/AmazonS3/latest/userguide/enable-server-access-logging.html`,
  },
  {
    principal: 'logs.amazonaws.com',
    service: 'kms',
    keys: ['kms:encryptioncontext:aws:logs:arn'],
    page: `${docs}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html`,
  },
  {
    principal: 'monitoring.rds.amazonaws.com',
    service: 'sts',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html`,
  },
  {
    principal: 's3.amazonaws.com',
    service: 'lambda',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/lambda/latest/dg/with-s3.html`,
  },
  {
    principal: 'secretsmanager.amazonaws.com',
    service: 'lambda',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html`,
  },
  {
    principal: 'sns.amazonaws.com',
    service: 'kms',
    keys: [sourceArn],
    page: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
  },
  {
    principal: 'sns.amazonaws.com',
    service: 'lambda',
    keys: [sourceArn],
    page: `${docs}/sns/latest/dg/lambda-permissions.html`,
  },
  {
    principal: 'sns.amazonaws.com',
    service: 'sqs',
    keys: [sourceArn],
    page: `${docs}/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html`,
  },
  {
    principal: 'vpc-flow-logs.amazonaws.com',
    service: 'sts',
    keys: [sourceArn, sourceAccount],
    page: `${docs}/vpc/latest/userguide/flow-logs-iam-role.html`,
  },
];

/** The row for a principal and an action. @throws Error when the request is not in the table */
export function serviceRequest(principal: string, action: string): ServiceRequest {
  const [service = ''] = action.split(':');
  const regional = /^(logs)\.[a-z]+-[a-z]+-\d\.amazonaws\.com$/.exec(principal)?.[1];
  const name = regional === undefined ? principal : `${regional}.amazonaws.com`;
  const found = serviceRequests.find((row) => row.principal === name && row.service === service);
  if (!found) throw new Error(`build/iam/service-principals.ts has no row for ${action} by ${principal}`);
  return found;
}
