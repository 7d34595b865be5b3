const { grant, ofType, referredTo, roleOf } = require('./template.cjs');

const queueId = 'AsyncFailures';

/**
 * Gives every function that AWS invokes asynchronously (a bucket, a topic or a schedule) a queue for the events that it
 * could not handle: after two retries Lambda would drop them. Each message contains the event and the error;
 * docs/runbooks/async-failures.md says what to do.
 */
function addAsyncFailureQueue(template, { prefix, service }) {
  const logicalIds = asynchronouslyInvoked(template);
  if (logicalIds.length === 0) return;
  template.Resources[queueId] = failureQueue(
    `${prefix}-${service.replace(/^shop-/, '')}-async-failures`,
    prefix,
  );
  for (const logicalId of logicalIds) {
    const fn = template.Resources[logicalId];
    const destination = { 'Fn::GetAtt': [queueId, 'Arn'] };
    grant(roleOf(template, fn), {
      Sid: 'KeepFailedEvents',
      Effect: 'Allow',
      Action: ['sqs:SendMessage'],
      Resource: [destination],
    });
    template.Resources[logicalId.replace(/LambdaFunction$/, 'AsyncEvents')] = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      // Lambda rejects a destination that the role may not send to.
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

const failureQueue = (name, prefix) => ({
  Type: 'AWS::SQS::Queue',
  Properties: {
    QueueName: name,
    // The maximum of SQS: fourteen days.
    MessageRetentionPeriod: 1_209_600,
    KmsMasterKeyId: { 'Fn::ImportValue': `${prefix}-messaging-key-arn` },
  },
});

/** Logical ids of the functions that a schedule, a topic or a bucket of this stack invokes. */
function asynchronouslyInvoked(template) {
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

module.exports = { addAsyncFailureQueue };
