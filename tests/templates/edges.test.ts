import { Access, type Caller } from './access.ts';
import { at, compileTimeoutMs, nameOf, ofType, type Resource, type Stage, stageOf, stages } from './stage.ts';

const everywhere = new Map<string, { stage: Stage; access: Access }>();
beforeAll(async () => {
  for (const name of stages) {
    const stage = await stageOf(name);
    everywhere.set(name, { stage, access: new Access(stage) });
  }
}, compileTimeoutMs);

/** What KMS must allow to put a message into, and to take one out of, an encrypted queue or topic. */
const sealing = ['kms:GenerateDataKey', 'kms:Decrypt'];
const opening = ['kms:Decrypt'];

const environmentOf = (each: Resource): string[] =>
  Object.values((at(each, 'Environment', 'Variables') ?? {}) as Record<string, string>);
const byArn = (stage: Stage, type: string, attribute: string, arn: unknown): Resource | undefined =>
  ofType(stage, type).find((each) => each.value(attribute) === arn);
const functionOf = (stage: Stage, reference: unknown): Resource | undefined => {
  const name = String(reference).split(':function:').at(-1)?.split(':')[0];
  return ofType(stage, 'AWS::Lambda::Function').find((each) => each.value('ref') === name);
};
const via = (service: string, { region }: Resource): string => `${service}.${region}.amazonaws.com`;

/** What stands in the way of a caller at the key of a queue or topic. */
function lockedOut(access: Access, resource: Resource, actions: string[], caller: Caller): string[] {
  const key = access.keyOf(resource);
  if (!key) return [`${nameOf(resource)} has no key of ours`];
  return actions
    .filter((action) => !access.keyAdmits(key, action, caller))
    .map((action) => `${nameOf(key)} does not let ${JSON.stringify(caller)} do ${action}`);
}

/** What stops a function from sending to a queue or publishing to a topic. */
function stopsSending(access: Access, sender: Resource, target: Resource): string[] {
  const isTopic = target.type === 'AWS::SNS::Topic';
  const role = String(at(sender, 'Role'));
  const [action, arn] = isTopic
    ? (['sns:Publish', target.value('TopicArn')] as const)
    : (['sqs:SendMessage', target.value('Arn')] as const);
  return [
    ...(access.roleMay(role, action, arn) ? [] : [`${nameOf(sender)} lacks ${action} on ${arn}`]),
    ...lockedOut(access, target, sealing, { role, through: via(isTopic ? 'sns' : 'sqs', target) }),
  ];
}

describe.each(stages)('in %s', (name) => {
  const here = () => everywhere.get(name)!;

  test('every topic has publishers, and each of them can publish', () => {
    const { stage, access } = here();
    for (const topic of ofType(stage, 'AWS::SNS::Topic')) {
      const arn = topic.value('TopicArn');
      // A service's functions share their settings: told of a topic is not yet allowed to publish.
      const publishers = ofType(stage, 'AWS::Lambda::Function').filter((each) =>
        access.roleMay(String(at(each, 'Role')), 'sns:Publish', arn),
      );
      for (const each of publishers)
        expect([nameOf(each), environmentOf(each)]).toContainEqual(expect.arrayContaining([arn]));
      const alarms = stage.resources.filter((each) =>
        JSON.stringify(at(each, 'AlarmActions') ?? []).includes(arn),
      );
      expect([nameOf(topic), publishers.length + alarms.length]).not.toEqual([nameOf(topic), 0]);
      expect(publishers.flatMap((each) => stopsSending(access, each, topic))).toEqual([]);
    }
  });

  test('alarms reach people: the key of their topic admits CloudWatch', () => {
    const { stage, access } = here();
    const arns = new Set(
      stage.resources.flatMap((each) => (at(each, 'AlarmActions') ?? []) as string[]).map(String),
    );
    for (const arn of arns) {
      const topic = byArn(stage, 'AWS::SNS::Topic', 'TopicArn', arn);
      if (!topic) continue; // an action of another kind
      expect(lockedOut(access, topic, sealing, { service: 'cloudwatch.amazonaws.com' })).toEqual([]);
    }
  });

  test('every subscription delivers: queue policy and key of the queue admit its topic', () => {
    const { stage, access } = here();
    for (const subscription of ofType(stage, 'AWS::SNS::Subscription')) {
      if (at(subscription, 'Protocol') !== 'sqs') continue;
      const topicArn = String(at(subscription, 'TopicArn'));
      const topic = byArn(stage, 'AWS::SNS::Topic', 'TopicArn', topicArn);
      const queue = byArn(stage, 'AWS::SQS::Queue', 'Arn', at(subscription, 'Endpoint'));
      expect([nameOf(subscription), topic?.type, queue?.type]).toEqual([
        nameOf(subscription),
        'AWS::SNS::Topic',
        'AWS::SQS::Queue',
      ]);
      const caller = { service: 'sns.amazonaws.com', sourceArn: topicArn };
      expect([nameOf(queue!), access.admits(queue!, 'sqs:SendMessage', caller)]).toEqual([
        nameOf(queue!),
        true,
      ]);
      expect(access.admits(queue!, 'sqs:SendMessage', { ...caller, sourceArn: `${topicArn}-other` })).toBe(
        false,
      );
      expect(lockedOut(access, queue!, sealing, caller)).toEqual([]);
    }
  });

  test('every queue is read: the role of its function may, and the key lets it', () => {
    const { stage, access } = here();
    for (const mapping of ofType(stage, 'AWS::Lambda::EventSourceMapping')) {
      const queue = byArn(stage, 'AWS::SQS::Queue', 'Arn', at(mapping, 'EventSourceArn'));
      if (!queue) continue; // a stream
      const reader = functionOf(stage, at(mapping, 'FunctionName'));
      expect([nameOf(mapping), reader?.type]).toEqual([nameOf(mapping), 'AWS::Lambda::Function']);
      const role = String(at(reader!, 'Role'));
      const lacks = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].filter(
        (action) => !access.roleMay(role, action, queue.value('Arn')),
      );
      expect([nameOf(reader!), lacks]).toEqual([nameOf(reader!), []]);
      expect(lockedOut(access, queue, opening, { role, through: via('sqs', queue) })).toEqual([]);
    }
  });

  test('dead letters have the kind of their queue and a key of ours', () => {
    const { stage, access } = here();
    for (const queue of ofType(stage, 'AWS::SQS::Queue')) {
      const arn = at(queue, 'RedrivePolicy', 'deadLetterTargetArn');
      if (arn === undefined) continue;
      const last = byArn(stage, 'AWS::SQS::Queue', 'Arn', arn);
      expect([nameOf(queue), last?.type]).toEqual([nameOf(queue), 'AWS::SQS::Queue']);
      expect(at(last!, 'FifoQueue') ?? false).toEqual(at(queue, 'FifoQueue') ?? false);
      expect([nameOf(last!), access.keyOf(last!)?.type]).toEqual([nameOf(last!), 'AWS::KMS::Key']);
    }
  });

  test('what a function fails at reaches the queue for it', () => {
    const { stage, access } = here();
    const failing = [
      ...ofType(stage, 'AWS::Lambda::EventInvokeConfig'),
      ...ofType(stage, 'AWS::Lambda::EventSourceMapping'),
    ];
    for (const each of failing) {
      const arn = at(each, 'DestinationConfig', 'OnFailure', 'Destination');
      if (arn === undefined) continue;
      const sender = functionOf(stage, at(each, 'FunctionName'));
      const queue = byArn(stage, 'AWS::SQS::Queue', 'Arn', arn);
      expect([nameOf(each), sender?.type, queue?.type]).toEqual([
        nameOf(each),
        'AWS::Lambda::Function',
        'AWS::SQS::Queue',
      ]);
      expect(stopsSending(access, sender!, queue!)).toEqual([]);
    }
  });
});
