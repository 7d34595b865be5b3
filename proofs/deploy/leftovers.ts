import type { Account } from './account.ts';

/** How one kind of resource is listed: a call without a client, and where names are in the answer. */
type Listing = {
  kind: string;
  service: string;
  method?: 'GET' | 'POST';
  path?: string;
  body?: string;
  target?: string;
  name: RegExp;
};

const query = (action: string, version: string): string => `Action=${action}&Version=${version}`;

/** Everything that a stack could leave behind and somebody would pay for, or meet as a name that is taken. */
const listings: Listing[] = [
  { kind: 'API', service: 'apigateway', method: 'GET', path: '/restapis', name: /"id": ?"(\w+)"/g },
  {
    kind: 'cache',
    service: 'elasticache',
    body: query('DescribeReplicationGroups', '2015-02-02'),
    name: /<ReplicationGroupId>([^<]+)</g,
  },
  {
    kind: 'certificate',
    service: 'acm',
    target: 'CertificateManager.ListCertificates',
    name: /"CertificateArn": ?"([^"]+)"/g,
  },
  {
    kind: 'database',
    service: 'rds',
    body: query('DescribeDBInstances', '2014-10-31'),
    name: /<DBInstanceIdentifier>([^<]+)</g,
  },
  {
    kind: 'database snapshot',
    service: 'rds',
    body: query('DescribeDBSnapshots', '2014-10-31'),
    name: /<DBSnapshotIdentifier>([^<]+)</g,
  },
  {
    kind: 'distribution',
    service: 'cloudfront',
    method: 'GET',
    path: '/2020-05-31/distribution',
    name: /<Id>(\w+)<\/Id>/g,
  },
  {
    kind: 'event source mapping',
    service: 'lambda',
    method: 'GET',
    path: '/2015-03-31/event-source-mappings',
    name: /"UUID": ?"([^"]+)"/g,
  },
  {
    kind: 'function',
    service: 'lambda',
    method: 'GET',
    path: '/2015-03-31/functions',
    name: /"FunctionName": ?"([^"]+)"/g,
  },
  {
    kind: 'hosted zone',
    service: 'route53',
    method: 'GET',
    path: '/2013-04-01/hostedzone',
    name: /<Id>\/hostedzone\/(\w+)</g,
  },
  {
    kind: 'log group',
    service: 'logs',
    target: 'Logs_20140328.DescribeLogGroups',
    name: /"logGroupName": ?"([^"]+)"/g,
  },
  { kind: 'queue', service: 'sqs', target: 'AmazonSQS.ListQueues', name: /"(http[^"]+)"/g },
  { kind: 'role', service: 'iam', body: query('ListRoles', '2010-05-08'), name: /<RoleName>([^<]+)</g },
  { kind: 'rule', service: 'events', target: 'AWSEvents.ListRules', name: /"Name": ?"([^"]+)"/g },
  {
    kind: 'secret',
    service: 'secretsmanager',
    target: 'secretsmanager.ListSecrets',
    name: /"ARN": ?"([^"]+)"/g,
  },
  {
    kind: 'table',
    service: 'dynamodb',
    target: 'DynamoDB_20120810.ListTables',
    name: /"([\w.-]+)"(?=[,\]])/g,
  },
  { kind: 'topic', service: 'sns', body: query('ListTopics', '2010-03-31'), name: /<TopicArn>([^<]+)</g },
  {
    kind: 'vault',
    service: 'backup',
    method: 'GET',
    path: '/backup-vaults/',
    name: /"BackupVaultName": ?"([^"]+)"/g,
  },
  { kind: 'VPC', service: 'ec2', body: query('DescribeVpcs', '2016-11-15'), name: /<vpcId>([^<]+)</g },
];

/** What is in the regions of these accounts, as `kind name`. What stood there before the proof is among it. */
export async function everythingIn(accounts: readonly Account[]): Promise<string[]> {
  const found = new Set<string>();
  for (const account of accounts) {
    for (const name of await account.stacks()) found.add(`stack ${name}`);
    for (const name of await account.buckets()) found.add(`bucket ${name}`);
    for (const { kind, service, method = 'POST', path = '/', body, target, name } of listings) {
      const text = await account.ask(
        service,
        method,
        path,
        method === 'GET' ? undefined : (body ?? '{}'),
        target === undefined ? {} : { 'X-Amz-Target': target },
      );
      for (const match of text.matchAll(name)) found.add(`${kind} ${match[1]}`);
    }
    for (const key of await keysInUse(account)) found.add(`key ${key}`);
  }
  return [...found];
}

/** Keys of the customer's that are not scheduled for deletion. */
async function keysInUse(account: Account): Promise<string[]> {
  const call = (name: string, body: string) =>
    account.ask('kms', 'POST', '/', body, { 'X-Amz-Target': `TrentService.${name}` });
  const ids = [...(await call('ListKeys', '{}')).matchAll(/"KeyId": ?"([^"]+)"/g)].flatMap(
    ([, id]) => id ?? [],
  );
  const states = await Promise.all(ids.map((KeyId) => call('DescribeKey', JSON.stringify({ KeyId }))));
  return ids.filter((_, index) => !/"KeyState": ?"PendingDeletion"/.test(states[index] ?? ''));
}
