import type { Deployment, FunctionSpec } from '../../build/deployment.ts';

/** A permission that AWS itself requires of a function's role, although no local call exercises it. */
export type ImpliedRight = { action: string; resource: string };

/** A reason for such permissions, with the page of AWS's documentation. */
export type ImpliedRow = {
  reason: string;
  page: string;
  /** Permissions that the role must have: the report fails without them. */
  required(fn: FunctionSpec, deployment: Deployment): ImpliedRight[];
  /** Permissions that it may have because the page names them too. */
  tolerated?(fn: FunctionSpec, deployment: Deployment): ImpliedRight[];
};

const docs = 'https://docs.aws.amazon.com';
const rights = (actions: string[], resource: string): ImpliedRight[] =>
  actions.map((action) => ({ action, resource }));

const mappingsOf = (fn: FunctionSpec, deployment: Deployment, service: string) =>
  deployment.mappings.filter(
    (one) => one.functionArn === fn.arn && one.sourceArn.startsWith(`arn:aws:${service}:`),
  );

/** A log stream of the function, as CloudWatch Logs writes its ARN. */
const logStream = (fn: FunctionSpec, { region, accountId }: Deployment) =>
  `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${fn.name}:log-stream:any`;

/** The report fails for a grant that is neither used nor covered by a row of this table. */
export const impliedRights: ImpliedRow[] = [
  {
    reason: 'the Lambda service writes the function’s log',
    page: `${docs}/lambda/latest/dg/monitoring-cloudwatchlogs.html`,
    required: (fn, deployment) =>
      rights(['logs:CreateLogStream', 'logs:PutLogEvents'], logStream(fn, deployment)),
    tolerated: (fn, deployment) =>
      rights(['logs:CreateLogGroup', 'logs:TagResource'], logStream(fn, deployment)),
  },
  {
    reason: 'the Lambda service sends the traces of a traced function',
    page: `${docs}/lambda/latest/dg/services-xray.html`,
    required: (fn) => (fn.traced ? rights(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*') : []),
  },
  {
    reason: 'Lambda polls the queue for the function',
    page: `${docs}/lambda/latest/dg/services-sqs-configure.html`,
    required: (fn, deployment) =>
      mappingsOf(fn, deployment, 'sqs').flatMap((mapping) =>
        rights(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], mapping.sourceArn),
      ),
  },
  {
    reason: 'Lambda reads the table’s stream for the function',
    page: `${docs}/lambda/latest/dg/services-dynamodb-eventsourcemapping.html`,
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
    reason: 'Lambda sends failed asynchronous events to the function’s failure queue',
    page: `${docs}/lambda/latest/dg/invocation-async-retain-records.html`,
    required: (fn, deployment) =>
      deployment.asyncInvokes.flatMap(({ functionArn, onFailureArn }) =>
        functionArn === fn.arn && onFailureArn ? rights(['sqs:SendMessage'], onFailureArn) : [],
      ),
  },
  {
    reason: 'Lambda connects a function to its VPC',
    page: `${docs}/lambda/latest/dg/configuration-vpc.html`,
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
    reason: 'the function signs in to the database with an IAM token, which takes no AWS call',
    page: `${docs}/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html`,
    // Locally functions sign in with a password; tests/templates/databases.test.ts compares both kinds of permission.
    required: () => [],
    tolerated: (fn, deployment) =>
      databaseLogins(fn, deployment).flatMap((login) => rights(['rds-db:connect'], login)),
  },
  {
    reason: 'the access token of a managed Redis; locally there is none',
    page: `${docs}/AmazonElastiCache/latest/dg/auth.html`,
    required: () => [],
    tolerated: (fn, deployment) =>
      deployment.secrets
        .filter(({ name }) => name === fn.environment.REDIS_SECRET_ID)
        .flatMap(({ arn }) => rights(['secretsmanager:GetSecretValue'], arn)),
  },
];

/** The database users that a function's environment names, as its role names them: of a proxy, a server, or any server. */
function databaseLogins({ roleArn, environment }: FunctionSpec, { roles }: Deployment): string[] {
  const { DATABASE_USER, DATABASE_READER, DATABASE_OWNER } = environment;
  return roles
    .filter(({ arn }) => arn === roleArn)
    .flatMap(({ statements }) => statements)
    .flatMap(({ resources }) => resources)
    .filter((resource) => resource.includes(':dbuser:'))
    .filter((resource) =>
      [DATABASE_USER, DATABASE_READER, DATABASE_OWNER].includes(resource.split('/').at(-1)),
    );
}
