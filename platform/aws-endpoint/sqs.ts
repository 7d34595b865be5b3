import { randomUUID } from 'node:crypto';
import { type Messaging, MessagingError, SQS_ACTIONS, type SqsActionName } from '../engines/messaging.ts';
import { AwsRefusal, type AwsService } from './call.ts';
import { type Codes, jsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const CODES: Codes = {
  'access-denied': { code: 'com.amazon.coral.service#AccessDeniedException', status: 403 },
  'unknown-operation': { code: 'com.amazonaws.sqs#UnsupportedOperation', status: 400 },
  'unknown-caller': { code: 'com.amazonaws.sqs#InvalidClientTokenId', status: 403 },
  throttled: { code: 'com.amazonaws.sqs#RequestThrottled', status: 400 },
  internal: { code: 'com.amazon.coral.service#InternalFailure', status: 500 },
  conflict: { code: 'com.amazonaws.sqs#RequestThrottled', status: 400 },
};
const KNOWN = new Set<string>(SQS_ACTIONS);

/** Batches need the right of their single operation (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html). */
const RIGHT: Partial<Record<SqsActionName, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

type Input = { QueueUrl?: string; QueueName?: string };

/** SQS by the messaging engine in this process. */
export function sqs(messaging: Messaging, region: string, accountId: string): AwsService {
  return {
    refuse(refusal) {
      const answer = jsonError(refusal, CODES, CONTENT_TYPE);
      // The SDKs take the error's name from here: the codes of the older query protocol.
      const code = refusal.kind === 'access-denied' ? 'AccessDenied' : refusal.members.queryCode;
      if (code)
        answer.headers['x-amzn-query-error'] = `${code};${answer.status >= 500 ? 'Receiver' : 'Sender'}`;
      return answer;
    },
    read(incoming) {
      const target = String(incoming.headers['x-amz-target'] ?? '');
      const name = target.slice(target.indexOf('.') + 1);
      if (!KNOWN.has(name))
        throw new AwsRefusal(
          'unknown-operation',
          `The local platform does not know the operation SQS ${name}`,
        );
      const action = name as SqsActionName;
      const input = jsonBody<Input>(incoming);
      const queue = input.QueueName ?? input.QueueUrl?.slice(input.QueueUrl.lastIndexOf('/') + 1) ?? '*';
      return {
        name,
        needs: [
          {
            action: `sqs:${RIGHT[action] ?? action}`,
            resource: `arn:aws:sqs:${region}:${accountId}:${queue}`,
          },
        ],
        async run() {
          try {
            const gone = action === 'ReceiveMessage' ? incoming.gone() : undefined;
            const output = await messaging.sqs(action, input, gone);
            const headers = { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': randomUUID() };
            return { status: 200, headers, body: JSON.stringify(output) };
          } catch (error) {
            throw refusalFrom(error);
          }
        },
      };
    },
  };
}

function refusalFrom(error: unknown): unknown {
  if (!(error instanceof MessagingError)) return error;
  const queryCode = error.queryErrorHeader?.split(';')[0];
  const reason = {
    code: `com.amazonaws.sqs#${error.code}`,
    status: error.statusCode,
    members: queryCode ? { queryCode } : {},
  };
  return new AwsRefusal(reason, error.message);
}
