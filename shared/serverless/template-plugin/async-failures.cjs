const { grant, ofType, referredTo, roleOf } = require('./template.cjs');

const QUEUE = 'AsyncFailures';

/**
 * Gives every function that AWS calls and does not wait for (a bucket, a topic, a schedule) a place for the events that
 * it could not handle: after two retries Lambda would forget them. The queue is in async-failures.yml, which a stack
 * with such a function includes.
 */
function keepAsyncFailures(template) {
  for (const logicalId of calledAndForgotten(template)) {
    if (!template.Resources[QUEUE])
      throw new Error(`${logicalId} is called asynchronously: include shared/serverless/async-failures.yml`);
    const fn = template.Resources[logicalId];
    const destination = { 'Fn::GetAtt': [QUEUE, 'Arn'] };
    grant(roleOf(template, fn), {
      Sid: 'KeepFailedEvents',
      Effect: 'Allow',
      Action: ['sqs:SendMessage'],
      Resource: [destination],
    });
    template.Resources[logicalId.replace(/LambdaFunction$/, 'AsyncEvents')] = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      // Lambda refuses a destination that the role may not send to.
      DependsOn: [referredTo(fn.Properties.Role)],
      Properties: {
        FunctionName: { Ref: logicalId },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: destination } },
      },
    };
  }
}

/** Logical ids of the functions that a schedule, a topic or a bucket of this stack calls. */
function calledAndForgotten(template) {
  const targets = [
    ...ofType(template, 'AWS::Events::Rule').flatMap(([, rule]) =>
      (rule.Properties.Targets ?? []).map(({ Arn }) => Arn),
    ),
    ...ofType(template, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties.Endpoint),
    ...ofType(template, 'AWS::S3::Bucket').flatMap(([, { Properties }]) =>
      (Properties?.NotificationConfiguration?.LambdaConfigurations ?? []).map((each) => each.Function),
    ),
  ];
  const ids = targets
    .map(referredTo)
    .filter((id) => template.Resources[id]?.Type === 'AWS::Lambda::Function');
  return [...new Set(ids)];
}

module.exports = { keepAsyncFailures };
