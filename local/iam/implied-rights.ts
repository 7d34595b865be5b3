import type { Deployment, FunctionSpec } from '../deployment.ts';

/** A right that AWS itself needs under a function's role, though no call of the function shows it locally. */
export type ImpliedRight = { action: string; resource: string };

/** One reason for such rights, with the page of AWS's documentation that says so. */
export type ImpliedRow = {
  reason: string;
  page: string;
  /** What the role must hold: missing, it is a failure of the report. */
  required(fn: FunctionSpec, deployment: Deployment): ImpliedRight[];
  /** What it may hold besides, because the page names it too. */
  tolerated?(fn: FunctionSpec, deployment: Deployment): ImpliedRight[];
};

const DOCS = 'https://docs.aws.amazon.com';
const rights = (actions: string[], resource: string): ImpliedRight[] =>
  actions.map((action) => ({ action, resource }));

const mappingsOf = (fn: FunctionSpec, deployment: Deployment, service: string) =>
  deployment.mappings.filter(
    (one) => one.functionArn === fn.arn && one.sourceArn.startsWith(`arn:aws:${service}:`),
  );

/** A log stream of the function, as CloudWatch Logs writes its ARN. */
const logStream = (fn: FunctionSpec, { region, accountId }: Deployment) =>
  `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${fn.name}:log-stream:any`;

/** The key of a queue or topic when it is one of the customer's; AWS's own keys need no right. */
const customerKey = (attributes: Record<string, string> | undefined): string[] => {
  const key = attributes?.KmsMasterKeyId;
  return key && !key.includes('alias/aws/') ? [key] : [];
};

/** The table of implied rights. A grant that is neither used nor covered by a row is too much. */
export const IMPLIED_RIGHTS: ImpliedRow[] = [
  {
    reason: 'the Lambda service writes the function’s log',
    page: `${DOCS}/lambda/latest/dg/monitoring-cloudwatchlogs.html`,
    required: (fn, deployment) =>
      rights(['logs:CreateLogStream', 'logs:PutLogEvents'], logStream(fn, deployment)),
    tolerated: (fn, deployment) =>
      rights(['logs:CreateLogGroup', 'logs:TagResource'], logStream(fn, deployment)),
  },
  {
    reason: 'the Lambda service sends the traces of a traced function',
    page: `${DOCS}/lambda/latest/dg/services-xray.html`,
    required: (fn) => (fn.traced ? rights(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*') : []),
  },
  {
    reason: 'Lambda polls the queue for the function',
    page: `${DOCS}/lambda/latest/dg/services-sqs-configure.html`,
    required: (fn, deployment) =>
      mappingsOf(fn, deployment, 'sqs').flatMap((mapping) =>
        rights(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], mapping.sourceArn),
      ),
  },
  {
    reason: 'Lambda reads the table’s stream for the function',
    page: `${DOCS}/lambda/latest/dg/services-dynamodb-eventsourcemapping.html`,
    required: (fn, deployment) =>
      mappingsOf(fn, deployment, 'dynamodb').flatMap((mapping) =>
        rights(
          [
            'dynamodb:DescribeStream',
            'dynamodb:GetRecords',
            'dynamodb:GetShardIterator',
            'dynamodb:ListStreams',
          ],
          mapping.sourceArn,
        ),
      ),
  },
  {
    reason: 'Lambda sends what a stream’s function could not handle to the queue for it',
    page: `${DOCS}/lambda/latest/dg/services-dynamodb-errors.html`,
    required: (fn, deployment) =>
      mappingsOf(fn, deployment, 'dynamodb').flatMap(({ onFailureArn }) =>
        onFailureArn ? rights(['sqs:SendMessage'], onFailureArn) : [],
      ),
  },
  {
    reason: 'Lambda sends what an asynchronously called function could not handle to its queue',
    page: `${DOCS}/lambda/latest/dg/invocation-async-retain-records.html`,
    required: (fn, deployment) =>
      deployment.asyncInvokes.flatMap(({ functionArn, onFailureArn }) =>
        functionArn === fn.arn && onFailureArn ? rights(['sqs:SendMessage'], onFailureArn) : [],
      ),
  },
  {
    reason: 'Lambda connects a function to its VPC',
    page: `${DOCS}/lambda/latest/dg/configuration-vpc.html`,
    required: (fn) =>
      fn.inVpc
        ? rights(
            [
              'ec2:CreateNetworkInterface',
              'ec2:DescribeNetworkInterfaces',
              'ec2:DescribeSubnets',
              'ec2:DeleteNetworkInterface',
              'ec2:AssignPrivateIpAddresses',
              'ec2:UnassignPrivateIpAddresses',
            ],
            '*',
          )
        : [],
  },
  {
    reason: 'the database admits the function by an IAM token, which no call to AWS makes',
    page: `${DOCS}/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html`,
    required: (fn, deployment) =>
      fn.environment.DATABASE_AUTH === 'iam' ? databaseUser(fn, deployment) : [],
    // Locally the same function signs in by password, while its role is the one of AWS.
    tolerated: (fn, deployment) => (fn.environment.DATABASE_USER ? databaseUser(fn, deployment) : []),
  },
  {
    reason: 'Lambda decrypts the messages of a queue under a key of our own',
    page: `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
    required: (fn, deployment) =>
      mappingsOf(fn, deployment, 'sqs').flatMap((mapping) =>
        customerKey(deployment.queues.find((queue) => queue.arn === mapping.sourceArn)?.attributes).flatMap(
          (key) => rights(['kms:Decrypt'], key),
        ),
      ),
  },
  {
    reason: 'SNS encrypts what the function publishes under a key of our own',
    page: `${DOCS}/sns/latest/dg/sns-key-management.html`,
    required: (fn, deployment) =>
      deployment.topics
        .filter((topic) => holds(fn, deployment, 'sns:Publish', topic.arn))
        .flatMap((topic) =>
          customerKey(topic.attributes).flatMap((key) => rights(['kms:GenerateDataKey', 'kms:Decrypt'], key)),
        ),
  },
];

const databaseUser = (fn: FunctionSpec, { region, accountId }: Deployment) =>
  rights(
    ['rds-db:connect'],
    `arn:aws:rds-db:${region}:${accountId}:dbuser:any/${fn.environment.DATABASE_USER}`,
  );

/** Whether the role names that very action on that very resource. */
function holds(fn: FunctionSpec, deployment: Deployment, action: string, resource: string): boolean {
  const role = deployment.roles.find((one) => one.arn === fn.roleArn);
  return Boolean(
    role?.statements.some((one) => one.actions.includes(action) && one.resources.includes(resource)),
  );
}
