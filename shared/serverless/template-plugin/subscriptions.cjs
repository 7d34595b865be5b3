const messageRetentionSeconds = 14 * 24 * 60 * 60;
const maxReceiveCount = 3;

/** The function event `subscription`, as osls validates it: a misspelt key fails packaging. */
const subscriptionSchema = {
  type: 'object',
  properties: {
    // Ends in `.fifo` for a FIFO queue. Without a queue SNS invokes the function itself.
    queue: { type: 'string', pattern: '^[a-z][a-z0-9-]*(\\.fifo)?$' },
    // Event types by topic: { order-events.fifo: [ORDER_PAID] }
    topics: {
      type: 'object',
      minProperties: 1,
      additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
    },
    batchSize: { type: 'integer', minimum: 1, maximum: 10_000 },
    windowSeconds: { type: 'integer', minimum: 0, maximum: 300 },
    maximumConcurrency: { type: 'integer', minimum: 2, maximum: 1000 },
  },
  required: ['topics'],
  additionalProperties: false,
};

/**
 * Replaces each `subscription` event of a function by its resources: an SQS event and the queue, dead-letter queue,
 * queue policy and subscriptions, or, without a queue, one SNS event per topic; and a queue for the events that SNS cannot
 * deliver. Runs before osls compiles events, so that roles, aliases and permissions treat the result like a hand-written
 * event.
 * @param service osls's service object
 * @param catalogue the events of shared/events: which types exist, and which topics have them
 * @throws Error for an unknown topic or event type, and for a combination that AWS rejects
 */
function expandSubscriptions(service, catalogue) {
  for (const functionName of service.getAllFunctions()) {
    const fn = service.getFunction(functionName);
    fn.events = (fn.events ?? []).flatMap((event) => {
      if (!event?.subscription) return [event];
      const declaration = event.subscription;
      const { prefix } = service.custom;
      checkDeclaration(functionName, declaration, catalogue);
      service.resources ??= {};
      service.resources.Resources ??= {};
      if (declaration.queue === undefined) {
        const subscriber = `${service.service.replace(/^shop-/, '')}-${functionName}`;
        addResources(service.resources.Resources, undeliveredQueues(subscriber, declaration, prefix));
        return snsEvents(subscriber, declaration, prefix);
      }
      const timeoutSeconds = fn.timeout ?? service.provider.timeout;
      addResources(service.resources.Resources, queueResources(declaration, prefix, timeoutSeconds));
      return [sqsEvent(declaration)];
    });
  }
}

function checkDeclaration(functionName, { queue, topics, ...mapping }, catalogue) {
  const fail = (reason) => {
    throw new Error(`The subscription of ${functionName} ${reason}`);
  };
  const known = new Set(catalogue.flatMap((event) => event.topics));
  for (const [topic, types] of Object.entries(topics)) {
    if (!known.has(topic))
      fail(`names the unknown topic ${topic}. Topics of shared/events: ${[...known].join(', ')}`);
    for (const type of types) {
      const event = catalogue.find((each) => each.type === type);
      if (!event) fail(`names the unknown event type ${type}`);
      if (!event.topics.includes(topic))
        fail(`expects ${type} from ${topic}, but it is published to ${event.topics.join(', ')}`);
    }
    if (!isFifo(topic) && isFifo(queue ?? ''))
      fail(`connects ${topic} to ${queue}: a standard topic cannot deliver to a FIFO queue`);
    if (isFifo(topic) && queue === undefined)
      fail(`needs a queue: the FIFO topic ${topic} cannot invoke a function`);
  }
  const [option] = Object.keys(mapping);
  if (queue === undefined && option !== undefined) fail(`sets ${option}, which needs a queue`);
}

/** With partial batch responses, so that one failed message does not repeat the others. FIFO: one message per batch. */
function sqsEvent({ queue, batchSize, windowSeconds, maximumConcurrency }) {
  return {
    sqs: {
      arn: { 'Fn::GetAtt': [queueId(queue), 'Arn'] },
      batchSize: batchSize ?? (isFifo(queue) ? 1 : 10),
      ...(windowSeconds === undefined ? {} : { maximumBatchingWindow: windowSeconds }),
      ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
      functionResponseType: 'ReportBatchItemFailures',
    },
  };
}

/** osls adds the policy that lets the topic send to the dead-letter queue. */
function snsEvents(subscriber, { topics }, prefix) {
  return Object.entries(topics).map(([topic, types]) => ({
    sns: {
      arn: topicArn(topic, prefix),
      topicName: topic,
      filterPolicy: { type: types },
      redrivePolicy: { deadLetterTargetRef: undeliveredId(subscriber, topic) },
    },
  }));
}

/**
 * A dead-letter queue per subscription. SNS drops an event at the first client-side error (deleted queue, queue policy,
 * key policy), when the outbox has already marked it as sent. FIFO like the topic
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html). Encrypted with SQS's own key: what refuses the
 * key of the subscriber's queue, such as a mistake in its policy, must not refuse this queue too.
 */
function undeliveredQueues(subscriber, { topics }, prefix) {
  return Object.fromEntries(
    Object.keys(topics).map((topic) => [
      undeliveredId(subscriber, topic),
      {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: `${prefix}-${subscriber}-${withoutFifo(topic)}-undelivered${isFifo(topic) ? '.fifo' : ''}`,
          MessageRetentionPeriod: messageRetentionSeconds,
          SqsManagedSseEnabled: true,
          ...(isFifo(topic) ? { FifoQueue: true } : {}),
        },
      },
    ]),
  );
}

const undeliveredId = (subscriber, topic) => `${pascalCase(subscriber)}${pascalCase(topic)}Undelivered`;

function queueResources({ queue, topics, windowSeconds = 0 }, prefix, timeoutSeconds) {
  const id = queueId(queue);
  const fifo = isFifo(queue);
  const common = {
    MessageRetentionPeriod: messageRetentionSeconds,
    KmsMasterKeyId: { 'Fn::ImportValue': `${prefix}-messaging-key-arn` },
    ...(fifo ? { FifoQueue: true } : {}),
  };
  const arns = Object.keys(topics).map((topic) => topicArn(topic, prefix));
  const resources = {
    [id]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${prefix}-${queue}`,
        ...common,
        // High throughput: message groups (one per aggregate) are deduplicated and limited separately.
        ...(fifo ? { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' } : {}),
        // Lambda, "Using Lambda with Amazon SQS": six times the function's timeout plus the batching window.
        VisibilityTimeout: 6 * timeoutSeconds + windowSeconds,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': [`${id}DeadLetters`, 'Arn'] },
          maxReceiveCount,
        },
      },
    },
    [`${id}DeadLetters`]: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: `${prefix}-${queue.replace(/(?=\.fifo$)|$/, '-dead-letters')}`, ...common },
    },
    [`${id}Policy`]: queuePolicy(id, arns),
    ...undeliveredQueues(withoutFifo(queue), { topics }, prefix),
  };
  for (const [topic, types] of Object.entries(topics)) {
    const undelivered = undeliveredId(withoutFifo(queue), topic);
    resources[`${undelivered}Policy`] = queuePolicy(undelivered, [topicArn(topic, prefix)]);
    resources[`${id}${pascalCase(topic)}Subscription`] = {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: topicArn(topic, prefix),
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': [id, 'Arn'] },
        RawMessageDelivery: true,
        FilterPolicyScope: 'MessageAttributes',
        FilterPolicy: { type: types },
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [undelivered, 'Arn'] } },
      },
    };
  }
  return resources;
}

/** Only the subscribed topics may send. */
function queuePolicy(id, arns) {
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': [id, 'Arn'] },
            Condition: { ArnEquals: { 'aws:SourceArn': arns.length === 1 ? arns[0] : arns } },
          },
        ],
      },
    },
  };
}

function addResources(resources, added) {
  for (const [id, resource] of Object.entries(added)) {
    if (resources[id])
      throw new Error(`Two declarations create ${id}: each subscription needs its own queue`);
    resources[id] = resource;
  }
}

const isFifo = (name) => name.endsWith('.fifo');
const queueId = (queue) => pascalCase(queue);
const topicArn = (topic, prefix) => ({ 'Fn::ImportValue': `${prefix}-${withoutFifo(topic)}-topic-arn` });
const withoutFifo = (name) => name.replace(/\.fifo$/, '');
const pascalCase = (name) =>
  withoutFifo(name)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

module.exports = { expandSubscriptions, subscriptionSchema };
