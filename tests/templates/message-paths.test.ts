import { nonEmpty } from '../setup/non-empty.ts';
import { Access, type Caller } from './access-decision.ts';
import {
  accountId,
  at,
  compileTimeoutMs,
  nameOf,
  ofType,
  type Resource,
  type Stage,
  stageOf,
  stages,
} from './stage.ts';

const stageAccess = new Map<string, { stage: Stage; access: Access }>();
beforeAll(async () => {
  for (const name of stages) {
    const stage = await stageOf(name);
    stageAccess.set(name, { stage, access: new Access(stage) });
  }
}, compileTimeoutMs);

/** The KMS actions for sending a message to an encrypted queue or topic, and for receiving one. */
const encryptActions = ['kms:GenerateDataKey', 'kms:Decrypt'];
const decryptActions = ['kms:Decrypt'];

const environmentOf = (each: Resource): string[] =>
  Object.values((at(each, 'Environment', 'Variables') ?? {}) as Record<string, string>);
const byArn = (stage: Stage, type: string, attribute: string, arn: unknown): Resource | undefined =>
  ofType(stage, type).find((each) => each.value(attribute) === arn);
const functionOf = (stage: Stage, reference: unknown): Resource | undefined => {
  const name = String(reference).split(':function:').at(-1)?.split(':')[0];
  return ofType(stage, 'AWS::Lambda::Function').find((each) => each.value('ref') === name);
};
const via = (service: string, { region }: Resource): string => `${service}.${region}.amazonaws.com`;

/** Why the key of a queue or topic refuses a caller; empty when it does not. */
function refusedByKey(access: Access, resource: Resource, actions: string[], caller: Caller): string[] {
  const key = access.keyOf(resource);
  if (!key) return [`${nameOf(resource)} has no key of this shop`];
  return actions
    .filter((action) => !access.keyAdmits(key, action, caller))
    .map((action) => `${nameOf(key)} does not let ${JSON.stringify(caller)} do ${action}`);
}

/** Why a function cannot send to a queue or publish to a topic; empty when it can. */
function sendingRefusals(access: Access, sender: Resource, target: Resource): string[] {
  const isTopic = target.type === 'AWS::SNS::Topic';
  const role = String(at(sender, 'Role'));
  const [action, arn] = isTopic
    ? (['sns:Publish', target.value('TopicArn')] as const)
    : (['sqs:SendMessage', target.value('Arn')] as const);
  return [
    ...(access.roleMay(role, action, arn) ? [] : [`${nameOf(sender)} lacks ${action} on ${arn}`]),
    ...refusedByKey(access, target, encryptActions, { role, through: via(isTopic ? 'sns' : 'sqs', target) }),
  ];
}

describe.each(stages)('in %s', (name) => {
  const current = () => stageAccess.get(name)!;

  test('every topic has publishers, and each of them can publish', () => {
    const { stage, access } = current();
    for (const topic of ofType(stage, 'AWS::SNS::Topic')) {
      const arn = topic.value('TopicArn');
      // A service's functions share their settings: knowing a topic does not grant publishing.
      const publishers = ofType(stage, 'AWS::Lambda::Function').filter((each) =>
        access.roleMay(String(at(each, 'Role')), 'sns:Publish', arn),
      );
      for (const each of publishers)
        expect([nameOf(each), environmentOf(each)]).toContainEqual(expect.arrayContaining([arn]));
      const alarms = stage.resources.filter((each) =>
        JSON.stringify(at(each, 'AlarmActions') ?? []).includes(arn),
      );
      expect([nameOf(topic), publishers.length + alarms.length]).not.toEqual([nameOf(topic), 0]);
      expect(publishers.flatMap((each) => sendingRefusals(access, each, topic))).toEqual([]);
    }
  });

  test('alarms are delivered: their topic and its key admit each alarm', () => {
    const { stage, access } = current();
    const actionsOf = (alarm: Resource) => (at(alarm, 'AlarmActions') ?? []) as string[];
    const alarming = stage.resources.filter((each) => actionsOf(each).length > 0);
    for (const alarm of nonEmpty(alarming, 'the alarms'))
      for (const arn of actionsOf(alarm)) {
        const topic = byArn(stage, 'AWS::SNS::Topic', 'TopicArn', arn);
        if (!topic) throw new Error(`${nameOf(alarm)} names a topic that does not exist: ${arn}`);
        const sourceArn = `arn:aws:cloudwatch:${alarm.region}:${accountId}:alarm:${String(at(alarm, 'AlarmName'))}`;
        const caller = { service: 'cloudwatch.amazonaws.com', sourceArn };
        expect([nameOf(alarm), access.admits(topic, 'sns:Publish', caller)]).toEqual([nameOf(alarm), true]);
        expect(refusedByKey(access, topic, encryptActions, caller)).toEqual([]);
      }
  });

  test('every subscription delivers: queue policy and key of the queue admit its topic', () => {
    const { stage, access } = current();
    const toQueues = ofType(stage, 'AWS::SNS::Subscription').filter((each) => at(each, 'Protocol') === 'sqs');
    for (const subscription of nonEmpty(toQueues)) {
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
      expect(refusedByKey(access, queue!, encryptActions, caller)).toEqual([]);
    }
  });

  test('every subscription has its own dead-letter queue, of the type of its topic, which admits the topic', () => {
    const { stage, access } = current();
    // A person reads the mails of the alarm topic; no outbox waits for them.
    const delivering = ofType(stage, 'AWS::SNS::Subscription').filter(
      (each) => at(each, 'Protocol') !== 'email',
    );
    const targets = nonEmpty(delivering).map((subscription) => {
      const arn = at(subscription, 'RedrivePolicy', 'deadLetterTargetArn');
      const topic = byArn(stage, 'AWS::SNS::Topic', 'TopicArn', at(subscription, 'TopicArn'));
      const queue = byArn(stage, 'AWS::SQS::Queue', 'Arn', arn);
      expect([nameOf(subscription), queue?.type]).toEqual([nameOf(subscription), 'AWS::SQS::Queue']);
      expect([nameOf(queue!), at(queue!, 'FifoQueue') ?? false]).toEqual([
        nameOf(queue!),
        at(topic!, 'FifoTopic') ?? false,
      ]);
      const caller = { service: 'sns.amazonaws.com', sourceArn: String(at(subscription, 'TopicArn')) };
      expect([nameOf(queue!), access.admits(queue!, 'sqs:SendMessage', caller)]).toEqual([
        nameOf(queue!),
        true,
      ]);
      // Whatever is wrong with the subscriber's key must not stop this queue as well.
      expect([nameOf(queue!), access.keyOf(queue!)]).toEqual([nameOf(queue!), undefined]);
      return arn;
    });
    expect(new Set(targets).size).toBe(targets.length);
  });

  test('every mapped queue can be read: by the role of its function and by the key', () => {
    const { stage, access } = current();
    const readings = ofType(stage, 'AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
      const queue = byArn(stage, 'AWS::SQS::Queue', 'Arn', at(mapping, 'EventSourceArn'));
      return queue ? [{ mapping, queue }] : []; // others read a stream
    });
    for (const { mapping, queue } of nonEmpty(readings)) {
      const reader = functionOf(stage, at(mapping, 'FunctionName'));
      expect([nameOf(mapping), reader?.type]).toEqual([nameOf(mapping), 'AWS::Lambda::Function']);
      const role = String(at(reader!, 'Role'));
      const lacks = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].filter(
        (action) => !access.roleMay(role, action, queue.value('Arn')),
      );
      expect([nameOf(reader!), lacks]).toEqual([nameOf(reader!), []]);
      expect(refusedByKey(access, queue, decryptActions, { role, through: via('sqs', queue) })).toEqual([]);
    }
  });

  test('a dead-letter queue has the type of its source queue and a key of this shop', () => {
    const { stage, access } = current();
    const target = (queue: Resource) => at(queue, 'RedrivePolicy', 'deadLetterTargetArn');
    const redriving = ofType(stage, 'AWS::SQS::Queue').filter((queue) => target(queue) !== undefined);
    for (const queue of nonEmpty(redriving)) {
      const arn = target(queue);
      const last = byArn(stage, 'AWS::SQS::Queue', 'Arn', arn);
      expect([nameOf(queue), last?.type]).toEqual([nameOf(queue), 'AWS::SQS::Queue']);
      expect(at(last!, 'FifoQueue') ?? false).toEqual(at(queue, 'FifoQueue') ?? false);
      expect([nameOf(last!), access.keyOf(last!)?.type]).toEqual([nameOf(last!), 'AWS::KMS::Key']);
    }
  });

  test('a failed event reaches the failure queue of its function', () => {
    const { stage, access } = current();
    const destination = (each: Resource) => at(each, 'DestinationConfig', 'OnFailure', 'Destination');
    const failing = ofType(stage, 'AWS::Lambda::EventInvokeConfig', 'AWS::Lambda::EventSourceMapping').filter(
      (each) => destination(each) !== undefined,
    );
    for (const each of nonEmpty(failing)) {
      const arn = destination(each);
      const sender = functionOf(stage, at(each, 'FunctionName'));
      const queue = byArn(stage, 'AWS::SQS::Queue', 'Arn', arn);
      expect([nameOf(each), sender?.type, queue?.type]).toEqual([
        nameOf(each),
        'AWS::Lambda::Function',
        'AWS::SQS::Queue',
      ]);
      expect(sendingRefusals(access, sender!, queue!)).toEqual([]);
    }
  });
});
