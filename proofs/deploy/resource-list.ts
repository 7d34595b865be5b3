import type { Account } from '../emulator/account.ts';

type Call = Parameters<Account['request']>[1];
/** How to list one kind of resource: a call, and the pattern of a name in its response. */
type Listing = [kind: string, service: string, call: Call, name: RegExp];

const query = (action: string, version: string): Call => ({ body: `Action=${action}&Version=${version}` });
const get = (path: string): Call => ({ method: 'GET', path });
const json = (target: string): Call => ({ target });

/** Everything that a stack could leave behind and that would cost money or occupy a name. */
const listings: Listing[] = [
  ['API', 'apigateway', get('/restapis'), /"id": ?"(\w+)"/g],
  ['cache', 'elasticache', query('DescribeReplicationGroups', '2015-02-02'), /<ReplicationGroupId>([^<]+)</g],
  ['certificate', 'acm', json('CertificateManager.ListCertificates'), /"CertificateArn": ?"([^"]+)"/g],
  ['database', 'rds', query('DescribeDBInstances', '2014-10-31'), /<DBInstanceIdentifier>([^<]+)</g],
  ['database snapshot', 'rds', query('DescribeDBSnapshots', '2014-10-31'), /<DBSnapshotIdentifier>([^<]+)</g],
  ['distribution', 'cloudfront', get('/2020-05-31/distribution'), /<Id>(\w+)<\/Id>/g],
  ['event source mapping', 'lambda', get('/2015-03-31/event-source-mappings'), /"UUID": ?"([^"]+)"/g],
  ['function', 'lambda', get('/2015-03-31/functions'), /"FunctionName": ?"([^"]+)"/g],
  ['hosted zone', 'route53', get('/2013-04-01/hostedzone'), /<Id>\/hostedzone\/(\w+)</g],
  ['log group', 'logs', json('Logs_20140328.DescribeLogGroups'), /"logGroupName": ?"([^"]+)"/g],
  ['queue', 'sqs', json('AmazonSQS.ListQueues'), /"(http[^"]+)"/g],
  ['role', 'iam', query('ListRoles', '2010-05-08'), /<RoleName>([^<]+)</g],
  ['rule', 'events', json('AWSEvents.ListRules'), /"Name": ?"([^"]+)"/g],
  ['secret', 'secretsmanager', json('secretsmanager.ListSecrets'), /"ARN": ?"([^"]+)"/g],
  ['table', 'dynamodb', json('DynamoDB_20120810.ListTables'), /"([\w.-]+)"(?=[,\]])/g],
  ['topic', 'sns', query('ListTopics', '2010-03-31'), /<TopicArn>([^<]+)</g],
  ['vault', 'backup', get('/backup-vaults/'), /"BackupVaultName": ?"([^"]+)"/g],
  ['VPC', 'ec2', query('DescribeVpcs', '2016-11-15'), /<vpcId>([^<]+)</g],
];

/** All resources in the regions of these accounts, as `kind name`, including those that existed before the proof. */
export async function listResources(accounts: readonly Account[]): Promise<string[]> {
  const found = new Set<string>();
  for (const account of accounts) {
    for (const name of await account.stacks()) found.add(`stack ${name}`);
    for (const name of await account.buckets()) found.add(`bucket ${name}`);
    for (const [kind, service, call, name] of listings)
      for (const [, match] of (await account.request(service, call)).matchAll(name))
        found.add(`${kind} ${match}`);
    for (const key of await activeKeys(account)) found.add(`key ${key}`);
  }
  return [...found];
}

/** Customer-managed keys that are not scheduled for deletion. */
async function activeKeys(account: Account): Promise<string[]> {
  const call = (operation: string, body: string) =>
    account.request('kms', { body, target: `TrentService.${operation}` });
  const listed = await call('ListKeys', '{}');
  const ids = [...listed.matchAll(/"KeyId": ?"([^"]+)"/g)].flatMap(([, id]) => id ?? []);
  const states = await Promise.all(ids.map((KeyId) => call('DescribeKey', JSON.stringify({ KeyId }))));
  return ids.filter((_, index) => !/"KeyState": ?"PendingDeletion"/.test(states[index] ?? ''));
}
