import { randomUUID } from 'node:crypto';
import { type Messaging, MessagingError, type SqsActionName, sqsActionNames } from '../engines/messaging.ts';
import { AwsError, type AwsService, unsupportedOperation } from './call.ts';
import { type ErrorCodes, jsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';

const contentType = 'application/x-amz-json-1.0';
const errorCodes: ErrorCodes = {
  'access-denied': { code: 'com.amazon.coral.service#AccessDeniedException', status: 403 },
  'unknown-operation': { code: 'com.amazonaws.sqs#UnsupportedOperation', status: 400 },
  'unknown-caller': { code: 'com.amazonaws.sqs#InvalidClientTokenId', status: 403 },
  'invalid-signature': { code: 'com.amazonaws.sqs#SignatureDoesNotMatch', status: 403 },
  throttled: { code: 'com.amazonaws.sqs#RequestThrottled', status: 400 },
  internal: { code: 'com.amazon.coral.service#InternalFailure', status: 500 },
};
const supportedActions = new Set<string>(sqsActionNames);

/** A batch requires the permission of the single operation (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html). */
const batchPermission: Partial<Record<SqsActionName, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
};

type Input = { QueueUrl?: string; QueueName?: string };

/** SQS by the messaging engine in this process. */
export function sqs(messaging: Messaging, region: string, accountId: string): AwsService {
  return {
    errorResponse(error) {
      const response = jsonError(error, errorCodes, contentType);
      // The SDKs read the error's name from this header, with the codes of the older query protocol.
      const code = error.kind === 'access-denied' ? 'AccessDenied' : error.members.queryCode;
      if (code)
        response.headers['x-amzn-query-error'] = `${code};${response.status >= 500 ? 'Receiver' : 'Sender'}`;
      return response;
    },
    read(awsRequest) {
      const target = String(awsRequest.headers['x-amz-target'] ?? '');
      const name = target.slice(target.indexOf('.') + 1);
      if (!supportedActions.has(name)) throw unsupportedOperation(`SQS ${name}`);
      const action = name as SqsActionName;
      const input = jsonBody<Input>(awsRequest);
      const queue = input.QueueName ?? input.QueueUrl?.slice(input.QueueUrl.lastIndexOf('/') + 1) ?? '*';
      return {
        name,
        requiredPermissions: [
          {
            action: `sqs:${batchPermission[action] ?? action}`,
            resource: `arn:aws:sqs:${region}:${accountId}:${queue}`,
          },
        ],
        async run() {
          try {
            const signal = action === 'ReceiveMessage' ? awsRequest.abortSignal() : undefined;
            const output = await messaging.sqs(action, input, signal);
            const headers = { 'content-type': contentType, 'x-amzn-requestid': randomUUID() };
            return { status: 200, headers, body: JSON.stringify(output) };
          } catch (error) {
            throw toAwsError(error);
          }
        },
      };
    },
  };
}

function toAwsError(error: unknown): unknown {
  if (!(error instanceof MessagingError)) return error;
  const queryCode = error.queryErrorHeader?.split(';')[0];
  const reason = {
    code: `com.amazonaws.sqs#${error.code}`,
    status: error.statusCode,
    members: queryCode ? { queryCode } : {},
  };
  return new AwsError(reason, error.message);
}
