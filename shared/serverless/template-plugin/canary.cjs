const { aliasName } = require('./live-alias.cjs');

/** No gradual shift: all traffic moves at once, in spite of alarms. CodeDeploy still moves the alias, since CloudFormation
 * cannot move an alias with provisioned concurrency (aws/serverless-application-model 1296). */
const noShift = 'none';
const allAtOnce = 'CodeDeployDefault.LambdaAllAtOnce';
const runbook = 'docs/runbooks/deployments.md';
/** Errors of the new version in one minute that trigger a rollback. */
const maxErrorsPerMinute = 3;
/** Share of an API's requests with a 5xx that triggers a rollback: ten times what the objective of 99.9 % allows. */
const maxFailedShare = 0.01;

/**
 * Lets CodeDeploy move each alias: part of the traffic first, the rest if no alarm fires, and back at once if one
 * does. `configuration` is one of CodeDeploy's own, e.g. CodeDeployDefault.LambdaCanary10Percent5Minutes, or `none`.
 */
function shiftGradually(template, aliases, { stackName, configuration }) {
  if (aliases.length === 0) return;
  const { Resources } = template;
  Resources.ReleaseRole = releaseRole(stackName);
  Resources.ReleaseApplication = {
    Type: 'AWS::CodeDeploy::Application',
    Properties: { ApplicationName: stackName, ComputePlatform: 'Lambda' },
  };
  const apiReleaseAlarm = apiAlarm(template, stackName);
  if (apiReleaseAlarm) Resources.ReleaseApiAlarm = apiReleaseAlarm;
  for (const { aliasId, functionId, versionId } of aliases) {
    const base = aliasId.replace(/Live$/, '');
    const name = Resources[functionId].Properties.FunctionName;
    const [alarmId, groupId] = [`${base}ReleaseAlarm`, `${base}Release`];
    Resources[alarmId] = versionAlarm(name, versionId);
    const alarms = [
      { Name: { Ref: alarmId } },
      ...(apiReleaseAlarm ? [{ Name: { Ref: 'ReleaseApiAlarm' } }] : []),
    ];
    Resources[groupId] = {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: {
        ApplicationName: { Ref: 'ReleaseApplication' },
        DeploymentGroupName: name,
        ServiceRoleArn: { 'Fn::GetAtt': ['ReleaseRole', 'Arn'] },
        DeploymentConfigName: configuration === noShift ? allAtOnce : configuration,
        DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
        AlarmConfiguration: {
          Enabled: configuration !== noShift,
          IgnorePollAlarmFailure: false,
          Alarms: alarms,
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

/** The metric per version exists only while the alias points to two versions: during a shift. */
function versionAlarm(functionName, versionId) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${functionName}-release-errors`,
      AlarmDescription: `The version of ${functionName} that is being released fails. Runbook: ${runbook}`,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [
        { Name: 'FunctionName', Value: functionName },
        { Name: 'Resource', Value: `${functionName}:${aliasName}` },
        { Name: 'ExecutedVersion', Value: { 'Fn::GetAtt': [versionId, 'Version'] } },
      ],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: maxErrorsPerMinute,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
}

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
function releaseRole(stackName) {
  const arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
  const functions = arn(`lambda:\${AWS::Region}:\${AWS::AccountId}:function:${stackName}-*`);
  // CloudWatch requires the permission for all alarms, whichever are named ("… on resource: …:alarm:*").
  const alarms = arn(`cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:*`);
  const statement = (Sid, Action, Resource) => ({ Sid, Effect: 'Allow', Action, Resource: [Resource] });
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
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
