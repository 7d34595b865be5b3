const { aliasName } = require('./live-alias.cjs');
const { mentions, ofType } = require('./template.cjs');

/** No gradual shift: all traffic moves at once, in spite of alarms. CodeDeploy still moves the alias, since CloudFormation
 * cannot move an alias with provisioned concurrency (aws/serverless-application-model 1296). */
const noShift = 'none';
const allAtOnce = 'CodeDeployDefault.LambdaAllAtOnce';
const runbook = 'docs/runbooks/deployments.md';
/** Unexpected errors, or crashes, of the new version in one minute that trigger a rollback. */
const maxErrorsPerMinute = 3;
/** Share of an API's requests with a 5xx that triggers a rollback: ten times what the objective of 99.9 % allows. */
const maxFailedShare = 0.01;

/**
 * Lets CodeDeploy move each alias: part of the traffic first, the rest if no alarm fires, and back at once if one
 * does. `configuration` is one of CodeDeploy's own, e.g. CodeDeployDefault.LambdaCanary10Percent5Minutes, or `none`.
 * An alias with provisioned concurrency (`isWarm` of its function's name) moves at once: Lambda refuses provisioned
 * concurrency on an alias with weights ("Alias with weights can not be used with Provisioned Concurrency"). It has no
 * alarms by version: Lambda counts by version only while an alias has weights, and the deployment ends with the move.
 */
function shiftGradually(
  template,
  aliases,
  { stackName, configuration, permissionsBoundary, prefix, service, isWarm },
) {
  if (aliases.length === 0) return;
  const { Resources } = template;
  Resources.ReleaseRole = releaseRole(stackName, permissionsBoundary);
  Resources.ReleaseApplication = {
    Type: 'AWS::CodeDeploy::Application',
    Properties: { ApplicationName: stackName, ComputePlatform: 'Lambda' },
  };
  const apiReleaseAlarm = apiAlarm(template, stackName);
  if (apiReleaseAlarm) Resources.ReleaseApiAlarm = apiReleaseAlarm;
  for (const { aliasId, functionId, versionId } of aliases) {
    const base = aliasId.replace(/Live$/, '');
    const name = Resources[functionId].Properties.FunctionName;
    const groupId = `${base}Release`;
    const isGradual = configuration !== noShift && !isWarm(name);
    const alarms = apiReleaseAlarm ? ['ReleaseApiAlarm'] : [];
    if (isGradual) {
      const version = { name, versionId, prefix, service, returnsErrors: returnsErrors(template, aliasId) };
      Resources[`${base}ReleaseErrorsAlarm`] = errorsAlarm(version);
      Resources[`${base}ReleaseCrashesAlarm`] = crashesAlarm(version);
      alarms.push(`${base}ReleaseErrorsAlarm`, `${base}ReleaseCrashesAlarm`);
    }
    Resources[groupId] = {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: {
        ApplicationName: { Ref: 'ReleaseApplication' },
        DeploymentGroupName: name,
        ServiceRoleArn: { 'Fn::GetAtt': ['ReleaseRole', 'Arn'] },
        DeploymentConfigName: isGradual ? configuration : allAtOnce,
        DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
        AlarmConfiguration: {
          Enabled: configuration !== noShift && alarms.length > 0,
          IgnorePollAlarmFailure: false,
          Alarms: alarms.map((Ref) => ({ Name: { Ref } })),
        },
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
        },
      },
    };
    Resources[aliasId].UpdatePolicy = {
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: { Ref: 'ReleaseApplication' },
        DeploymentGroupName: { Ref: groupId },
      },
    };
  }
}

/**
 * Whether the function is invoked by API methods, queues and streams only: its wrapper turns every error into a response
 * or a failed record, so that Lambda's `Errors` has crashes and timeouts only. Others throw on purpose, an authorizer to
 * refuse a token, a reaction or a schedule to be retried.
 */
function returnsErrors(template, aliasId) {
  const invokedBy = (...types) => ofType(template, ...types).some(([, each]) => mentions(each, aliasId));
  return (
    invokedBy('AWS::ApiGateway::Method', 'AWS::Lambda::EventSourceMapping') &&
    !invokedBy(
      'AWS::ApiGateway::Authorizer',
      'AWS::Events::Rule',
      'AWS::S3::Bucket',
      'AWS::SNS::Subscription',
    )
  );
}

const dimensions = (values) => Object.entries(values).map(([Name, Value]) => ({ Name, Value }));

/** Metrics of the function wrappers, by version (shared/lambda/error-metrics.ts). */
const wrapperMetric = (MetricName, { name, versionId, prefix, service }) => ({
  Namespace: prefix,
  MetricName,
  Dimensions: dimensions({
    service,
    FunctionName: name,
    ExecutedVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
  }),
});

/** Lambda's metric by version, which exists only while the alias points to two versions: during a shift. */
const lambdaErrors = ({ name, versionId }) => ({
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Dimensions: dimensions({
    FunctionName: name,
    Resource: `${name}:${aliasName}`,
    ExecutedVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
  }),
});

const period = { Statistic: 'Sum', Period: 60 };

/** Errors that the new version did not throw on purpose. */
const errorsAlarm = (version) =>
  alarm(
    `${version.name}-release-errors`,
    `The version of ${version.name} that is being released has unexpected errors.`,
    { ...wrapperMetric('UnexpectedErrors', version), ...period, EvaluationPeriods: 1 },
  );

/** Failed invocations of which the wrapper knows nothing: the module does not load, runs out of memory, or times out. */
function crashesAlarm(version) {
  const description = `The version of ${version.name} that is being released crashes or times out.`;
  const name = `${version.name}-release-crashes`;
  if (version.returnsErrors)
    return alarm(name, description, { ...lambdaErrors(version), ...period, EvaluationPeriods: 1 });
  const input = (Id, Metric) => ({
    Id,
    MetricStat: { Metric, Stat: period.Statistic, Period: period.Period },
    ReturnData: false,
  });
  return alarm(name, description, {
    Metrics: [
      { Id: 'crashes', Expression: 'errors - FILL(thrown, 0)', ReturnData: true },
      input('errors', lambdaErrors(version)),
      input('thrown', wrapperMetric('ThrownErrors', version)),
    ],
    // Two minutes, since one of the two metrics may arrive a minute before the other.
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
  });
}

const alarm = (name, description, properties) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: name,
    AlarmDescription: `${description} Runbook: ${runbook}`,
    ...properties,
    Threshold: maxErrorsPerMinute,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  },
});

/** A handler can return 500 without a function error: only the API's metric counts that. */
function apiAlarm({ Resources }, stackName) {
  const api = Resources.ApiGatewayRestApi;
  if (!api) return undefined;
  const deployment = Object.values(Resources).find(({ Type }) => Type === 'AWS::ApiGateway::Deployment');
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${stackName}-release-5xx`,
      AlarmDescription: `Requests to ${stackName} fail; a release in progress is taken back. Runbook: ${runbook}`,
      Namespace: 'AWS/ApiGateway',
      MetricName: '5XXError',
      Dimensions: [
        { Name: 'ApiName', Value: api.Properties.Name },
        {
          Name: 'Stage',
          Value: deployment?.Properties.StageName ?? Resources.ApiGatewayStage.Properties.StageName,
        },
      ],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: maxFailedShare,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
}

/** The permissions of CodeDeploy to move this stack's aliases only (AWS Managed Policy AWSCodeDeployRoleForLambdaLimited). */
function releaseRole(stackName, PermissionsBoundary) {
  const arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
  const functions = arn(`lambda:\${AWS::Region}:\${AWS::AccountId}:function:${stackName}-*`);
  // CloudWatch requires the permission for all alarms, whichever are named ("… on resource: …:alarm:*").
  const alarms = arn(`cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:*`);
  const statement = (Sid, Action, Resource) => ({ Sid, Effect: 'Allow', Action, Resource: [Resource] });
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      PermissionsBoundary,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: ['codedeploy.amazonaws.com'] },
            Action: ['sts:AssumeRole'],
            // Only for this account's own deployments.
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'move-aliases',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              statement(
                'MoveAliases',
                ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
                functions,
              ),
              statement('WatchAlarms', ['cloudwatch:DescribeAlarms'], alarms),
            ],
          },
        },
      ],
    },
  };
}

module.exports = { shiftGradually };
