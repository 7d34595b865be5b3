import { compileTimeoutMs, type Resource, type Stage, stageOf } from './stage.ts';

/** The properties that contain a resource's name. */
const nameProperties = [
  'AlarmName',
  'AliasName',
  'AnalyzerName',
  'BackupVaultName',
  'BucketName',
  'CacheParameterGroupName',
  'CacheSubnetGroupName',
  'DashboardName',
  'DBInstanceIdentifier',
  'DBParameterGroupName',
  'DBProxyName',
  'DBSubnetGroupName',
  'DeploymentGroupName',
  'DomainName',
  'FunctionName',
  'GroupName',
  'LogGroupName',
  'ManagedPolicyName',
  'Name',
  'QueueName',
  'ReplicationGroupId',
  'RoleName',
  'RuleName',
  'TableName',
  'TopicName',
];
/** Types whose names are unique within their parent only, or that refer to another resource by name. */
const namedWithin =
  /^AWS::(ApiGateway::(Authorizer|Stage|Deployment|GatewayResponse)|EC2::\w+|Lambda::(Alias|Permission|Version|EventInvokeConfig|EventSourceMapping)|Route53::RecordSet|Logs::MetricFilter|RDS::DBProxyTargetGroup)$/;

/** `type region name` for every named resource. */
function namesOf({ resources, stacks }: Stage): Map<string, Resource | undefined> {
  const names = new Map<string, Resource | undefined>();
  for (const resource of resources) {
    // Deployed once per account, for all stages.
    if (resource.stack.directory === 'resources/account' || namedWithin.test(resource.type)) continue;
    const nested = Object.values(resource.properties).filter(
      (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
    ) as Record<string, unknown>[];
    for (const holder of [resource.properties, ...nested])
      for (const property of nameProperties) {
        const name = holder[property];
        if (typeof name === 'string') names.set(`${resource.type} ${resource.region} ${name}`, resource);
      }
  }
  for (const { name, directory, template } of stacks) {
    if (directory === 'resources/account') continue;
    names.set(`stack ${name}`, undefined);
    for (const { Export } of Object.values(template.Outputs ?? {}))
      if (typeof Export?.Name === 'string') names.set(`export ${Export.Name}`, undefined);
  }
  return names;
}

describe('two stages in one account', () => {
  test.each([
    ['dev', 'staging'],
    ['staging', 'prod'],
    ['dev', 'dev-of-a-colleague'],
  ])(
    '%s and %s have no name in common',
    async (one, other) => {
      const first = namesOf(await stageOf(one));
      const second = namesOf(await stageOf(other));
      expect(first.size).toBeGreaterThan(100);
      expect([...first.keys()].filter((name) => second.has(name))).toEqual([]);
    },
    compileTimeoutMs,
  );
});
