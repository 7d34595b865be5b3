import { randomUUID } from 'node:crypto';
import { type Messaging, MessagingError, SNS_ACTIONS, type SnsActionName } from '../engines/messaging.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { type Answer, AwsRefusal, type AwsService } from './call.ts';
import { type Codes, queryError } from './error-shapes.ts';
import { type PublishedEvents, takenMessages } from './published-events.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
const CODES: Codes = {
  'access-denied': { code: 'AuthorizationError', status: 403 },
  'unknown-operation': { code: 'InvalidAction', status: 400 },
  'unknown-caller': { code: 'InvalidClientTokenId', status: 403 },
  throttled: { code: 'Throttled', status: 429 },
  internal: { code: 'InternalError', status: 500 },
  conflict: { code: 'Throttled', status: 429 },
};
const KNOWN = new Set<string>(SNS_ACTIONS);

/** SNS by the messaging engine in this process; a text message to a phone goes into the mailbox. */
export function sns(
  messaging: Messaging,
  mailbox: Mailbox,
  published: PublishedEvents,
  region: string,
  accountId: string,
): AwsService {
  return {
    refuse: (refusal) => queryError(refusal, CODES, NAMESPACE),
    read(incoming, caller) {
      const params = Object.fromEntries(new URLSearchParams(incoming.body.toString()));
      const name = params.Action ?? '';
      if (!KNOWN.has(name))
        throw new AwsRefusal(
          'unknown-operation',
          `The local platform does not know the operation SNS ${name}`,
        );
      const action = name as SnsActionName;
      // Publishing a batch needs sns:Publish; a phone number is no resource, so that only `*` covers it
      // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html).
      const right = action === 'PublishBatch' ? 'Publish' : action;
      const phone = params.PhoneNumber;
      const topic = params.TopicArn ?? params.TargetArn ?? topicOf(params, region, accountId);
      return {
        name,
        needs: [{ action: `sns:${right}`, resource: phone ? '*' : topic }],
        async run() {
          if (phone) return sendText(mailbox, phone, params.Message ?? '', caller.name);
          try {
            const body = await messaging.sns(
              action,
              params.TargetArn ? { ...params, TopicArn: params.TargetArn } : params,
            );
            for (const message of takenMessages(params, body)) published.record(topic, message);
            return { status: 200, headers: { 'content-type': 'text/xml' }, body };
          } catch (error) {
            if (!(error instanceof MessagingError)) throw error;
            throw new AwsRefusal({ code: error.code, status: error.statusCode }, error.message);
          }
        },
      };
    },
  };
}

function topicOf(params: Record<string, string>, region: string, accountId: string): string {
  if (params.SubscriptionArn) return params.SubscriptionArn.slice(0, params.SubscriptionArn.lastIndexOf(':'));
  return params.Name ? `arn:aws:sns:${region}:${accountId}:${params.Name}` : '*';
}

/** E.164, as SNS wants it. */
const PHONE = /^\+[1-9]\d{1,14}$/;

async function sendText(mailbox: Mailbox, phone: string, message: string, sender: string): Promise<Answer> {
  if (!PHONE.test(phone))
    throw new AwsRefusal({ code: 'InvalidParameter', status: 400 }, 'Invalid parameter: PhoneNumber');
  if (!message)
    throw new AwsRefusal({ code: 'InvalidParameter', status: 400 }, 'Invalid parameter: Empty message');
  const { id } = await mailbox.add({ kind: 'sms', to: [phone], text: message, sender });
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<PublishResponse xmlns="${NAMESPACE}"><PublishResult><MessageId>${id}</MessageId></PublishResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></PublishResponse>`,
  };
}
