const { grant, mentions, ofType, roleOf } = require('./template.cjs');

const compassLetters = { north: 'n', south: 's', east: 'e', west: 'w', central: 'c' };

/**
 * Names each function's role after function and region: role names are global in an account, and a stage may be deployed
 * to two regions. The region is abbreviated (eu-west-1: euw1) to stay within the 64 characters of a role name.
 */
function nameRoles(service, region) {
  const place = region
    .replaceAll(/north|south|east|west|central/g, (word) => compassLetters[word])
    .replaceAll('-', '');
  for (const key of service.getAllFunctions()) {
    const fn = service.getFunction(key);
    if (fn.iamRoleStatements) fn.iamRoleStatementsName ??= `${fn.name}-${place}`;
  }
}

const sharedRoleId = 'IamRoleLambdaExecution';

/**
 * Deletes the shared role, which osls creates even when each function has its own: an unused role with permissions is a
 * risk.
 */
function dropSharedRole(template) {
  const shared = template.Resources[sharedRoleId];
  if (!shared) return;
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (logicalId === sharedRoleId) continue;
    if (mentions(resource.Properties, sharedRoleId))
      throw new Error(`${logicalId} uses the shared role: define iamRoleStatements for its function`);
    const dependencies = [resource.DependsOn ?? []].flat().filter((each) => each !== sharedRoleId);
    if (dependencies.length > 0) resource.DependsOn = dependencies;
    else delete resource.DependsOn;
  }
  delete template.Resources[sharedRoleId];
}

/** Permissions that Lambda needs to connect a function to its VPC (Lambda, "Giving Lambda functions access to resources"). */
const networkActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * The roles plugin attaches AWSLambdaVPCAccessExecutionRole to functions in a VPC, which may also write to any log of the
 * account. This keeps only its network permissions; an interface has no ARN before it exists, so the resource is `*`.
 */
function narrowNetworkRights(template) {
  for (const [, fn] of ofType(template, 'AWS::Lambda::Function')) {
    const role = roleOf(template, fn);
    if (!role) continue;
    const managed = role.Properties.ManagedPolicyArns ?? [];
    const others = managed.filter((arn) => !JSON.stringify(arn).includes('AWSLambdaVPCAccessExecutionRole'));
    if (others.length < managed.length)
      grant(role, { Sid: 'ConnectToVpc', Effect: 'Allow', Action: networkActions, Resource: '*' });
    if (others.length > 0) role.Properties.ManagedPolicyArns = others;
    else delete role.Properties.ManagedPolicyArns;
  }
}

/**
 * Every function's log group is in its stack. If a function could create it, its last log lines after a removal would
 * recreate the group without retention or encryption, and block the next deployment.
 */
function narrowLogRights(template) {
  for (const [, fn] of ofType(template, 'AWS::Lambda::Function'))
    for (const { PolicyDocument } of roleOf(template, fn)?.Properties.Policies ?? [])
      for (const statement of PolicyDocument.Statement)
        if (Array.isArray(statement.Action))
          statement.Action = statement.Action.filter((action) => action !== 'logs:CreateLogGroup');
}

module.exports = { dropSharedRole, nameRoles, narrowLogRights, narrowNetworkRights };
