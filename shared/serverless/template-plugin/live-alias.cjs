const { dependOn, ofType, referredTo } = require('./template.cjs');

const aliasName = 'live';
/**
 * Functions that AWS invokes to operate the stack, without an alias: CloudFormation for a custom resource, with the newest
 * code and before anything else (schema-first.cjs), Secrets Manager for a rotation.
 */
function withoutTraffic(template) {
  const callers = Object.values(template.Resources).flatMap(({ Properties = {} }) => [
    referredTo(Properties.ServiceToken),
    referredTo(Properties.RotationLambdaARN),
  ]);
  return new Set(callers);
}

/** The properties of a resource type that name the functions it invokes. */
const triggerProperties = {
  'AWS::ApiGateway::Authorizer': ['AuthorizerUri'],
  'AWS::ApiGateway::Method': ['Integration'],
  'AWS::Events::Rule': ['Targets'],
  'AWS::Lambda::EventSourceMapping': ['FunctionName'],
  'AWS::Lambda::Permission': ['FunctionName'],
  'AWS::S3::Bucket': ['NotificationConfiguration'],
  'AWS::SNS::Subscription': ['Endpoint'],
};

/**
 * Puts the alias `live` in front of every function's newest version, and lets every trigger, permission and export name
 * the alias. A release is then a move of the alias, which can be gradual and can be rolled back
 * (docs/decisions/0010-aliases-and-canaries.md). A function for whose name `isGradual` is false has neither: it runs new
 * code at once. Returns the aliases for the steps that follow.
 */
function addLiveAliases(template, isGradual) {
  const aliases = new Map();
  const operators = withoutTraffic(template);
  for (const [versionId, version] of ofType(template, 'AWS::Lambda::Version')) {
    const functionId = referredTo(version.Properties.FunctionName);
    if (operators.has(functionId)) continue;
    if (!isGradual(template.Resources[functionId].Properties.FunctionName)) {
      removeVersion(template, versionId);
      continue;
    }
    const aliasId = functionId.replace(/LambdaFunction$/, 'Live');
    template.Resources[aliasId] = {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: functionId },
        FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
        Name: aliasName,
        Description: 'What takes traffic.',
      },
    };
    aliases.set(functionId, { aliasId, functionId, versionId });
  }
  for (const [type, properties] of Object.entries(triggerProperties))
    for (const [, resource] of ofType(template, type))
      for (const name of properties)
        if (resource.Properties?.[name] !== undefined)
          resource.Properties[name] = withAliases(resource.Properties[name], aliases);
  for (const output of Object.values(template.Outputs ?? {}))
    output.Value = withAliases(output.Value, aliases);
  for (const [, config] of ofType(template, 'AWS::Lambda::EventInvokeConfig')) {
    const alias = aliases.get(referredTo(config.Properties.FunctionName));
    if (!alias) continue;
    config.Properties.Qualifier = aliasName;
    dependOn(config, alias.aliasId);
  }
  return [...aliases.values()];
}

/** Removes a version and the outputs that name it. */
function removeVersion(template, versionId) {
  delete template.Resources[versionId];
  for (const [name, { Value }] of Object.entries(template.Outputs ?? {}))
    if (Value?.Ref === versionId) delete template.Outputs[name];
}

/** The value with each reference to a function replaced by its alias' ARN (Ref). */
function withAliases(value, aliases) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => withAliases(item, aliases));
  const alias = aliases.get(referredTo(value));
  if (alias) return { Ref: alias.aliasId };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withAliases(item, aliases)]));
}

module.exports = { aliasName, addLiveAliases };
