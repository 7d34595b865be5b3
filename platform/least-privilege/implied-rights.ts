import type { Deployment, FunctionSpec } from '../../build/deployment.ts';

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
    // Which functions sign in shows where they do it by password: tests/templates/databases.test.ts holds the two alike.
    required: () => [],
    tolerated: (fn, deployment) =>
      databaseLogins(fn, deployment).flatMap((login) => rights(['rds-db:connect'], login)),
  },
  {
    reason: 'the cache’s access token, read where Redis is managed; locally there is none to read',
    page: `${DOCS}/AmazonElastiCache/latest/dg/auth.html`,
    required: () => [],
    tolerated: (fn, deployment) =>
      deployment.secrets
        .filter(({ name }) => name === fn.environment.REDIS_SECRET_ID)
        .flatMap(({ arn }) => rights(['secretsmanager:GetSecretValue'], arn)),
  },
];

/** The exact users of proxies and replicas that a function's settings name. */
function databaseLogins(fn: FunctionSpec, { exports }: Deployment): string[] {
  const { DATABASE_USER, DATABASE_READER } = fn.environment;
  return Object.entries(exports)
    .filter(([name]) => /-login-arns?$/.test(name))
    .flatMap(([, arns]) => arns.split(','))
    .filter((arn) => arn.endsWith(`/${DATABASE_USER}`) || arn.endsWith(`/${DATABASE_READER}`));
}
