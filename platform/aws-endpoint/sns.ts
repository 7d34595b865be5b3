import { type Messaging, MessagingError, type SnsActionName, snsActionNames } from '../engines/messaging.ts';
import { AwsError, type AwsService, unsupportedOperation } from './call.ts';
import { type ErrorCodes, queryError } from './error-shapes.ts';
import { acceptedMessages, type PublishedEvents } from './published-events.ts';
import { withTrace } from './sns-trace.ts';

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';
const errorCodes: ErrorCodes = {
  'access-denied': { code: 'AuthorizationError', status: 403 },
  'unknown-operation': { code: 'InvalidAction', status: 400 },
  'unknown-caller': { code: 'InvalidClientTokenId', status: 403 },
  'invalid-signature': { code: 'SignatureDoesNotMatch', status: 403 },
  throttled: { code: 'Throttled', status: 429 },
  internal: { code: 'InternalError', status: 500 },
};
const supportedActions = new Set<string>(snsActionNames);

/** SNS, served by the messaging engine in this process. */
export function sns(
  messaging: Messaging,
  published: PublishedEvents,
  region: string,
  accountId: string,
): AwsService {
  return {
    errorResponse: (error) => queryError(error, errorCodes, namespace),
    read(awsRequest) {
      const params = Object.fromEntries(new URLSearchParams(awsRequest.body.toString()));
      const name = params.Action ?? '';
      if (!supportedActions.has(name)) throw unsupportedOperation(`SNS ${name}`);
      if (params.PhoneNumber) throw unsupportedOperation('SNS Publish to a phone');
      const action = name as SnsActionName;
      // A batch requires sns:Publish
      // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html).
      const right = action === 'PublishBatch' ? 'Publish' : action;
      const topic = params.TopicArn ?? params.TargetArn ?? topicOf(params, region, accountId);
      return {
        name,
        requiredPermissions: [{ action: `sns:${right}`, resource: topic }],
        async run() {
          try {
            const addressed = params.TargetArn ? { ...params, TopicArn: params.TargetArn } : params;
            const body = await messaging.sns(
              action,
              withTrace(addressed, awsRequest.headers['x-amzn-trace-id']),
            );
            for (const message of acceptedMessages(params, body)) published.record(topic, message);
            return { status: 200, headers: { 'content-type': 'text/xml' }, body };
          } catch (error) {
            if (!(error instanceof MessagingError)) throw error;
            throw new AwsError({ code: error.code, status: error.statusCode }, error.message);
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
