import { randomUUID } from 'node:crypto';
import { functionNameOf } from '../host/invoke.ts';
import { AwsError, type AwsResponse, type AwsService, type Caller, unsupportedOperation } from './call.ts';
import { type ErrorCodes, restJsonError } from './error-shapes.ts';

const errorCodes: ErrorCodes = {
  'access-denied': { code: 'AccessDeniedException', status: 403 },
  'unknown-operation': { code: 'UnknownOperationException', status: 404 },
  'unknown-caller': { code: 'UnrecognizedClientException', status: 403 },
  'invalid-signature': { code: 'InvalidSignatureException', status: 403 },
  throttled: { code: 'TooManyRequestsException', status: 429 },
  internal: { code: 'ServiceException', status: 500 },
};

/** A function's result as JSON text, and the kind of failure if it failed. */
type InvokeOutput = { payload: string; failure?: string };

/**
 * Runs a function; `Event` resolves when the event is accepted. Rejects with an error that has the `code` and `status`
 * of Lambda's API when the function is not run.
 */
export type InvokeFunction = (
  functionName: string,
  payload: string,
  options: { type: 'RequestResponse' | 'Event'; caller: string; traceId?: string },
) => Promise<InvokeOutput>;

/** Lambda's limits of 6 MB for a synchronous invocation and 1 MB for an event (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const maxPayloadBytes = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 } as const;

/** Lambda: Invoke. */
export function lambda(
  invoke: InvokeFunction,
  exists: (functionName: string) => boolean,
  region: string,
  accountId: string,
): AwsService {
  return {
    errorResponse: (error) => restJsonError(error, errorCodes),
    read(awsRequest, caller) {
      const [, id] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(awsRequest.path) ?? [];
      if (!id || awsRequest.method !== 'POST')
        throw unsupportedOperation(`Lambda ${awsRequest.method} ${awsRequest.path}`);
      const name = functionNameOf(decodeURIComponent(id));
      const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
      return {
        name: 'Invoke',
        requiredPermissions: [{ action: 'lambda:InvokeFunction', resource: arn }],
        run: () => {
          if (!exists(name))
            throw new AwsError(
              { code: 'ResourceNotFoundException', status: 404, members: { Type: 'User' } },
              `Function not found: ${arn}`,
            );
          return call(
            invoke,
            name,
            awsRequest.body,
            String(awsRequest.headers['x-amz-invocation-type'] ?? 'RequestResponse'),
            caller,
            String(awsRequest.headers['x-amzn-trace-id'] ?? ''),
          );
        },
      };
    },
  };
}

async function call(
  invoke: InvokeFunction,
  name: string,
  body: Buffer,
  type: string,
  caller: Caller,
  traceId: string,
): Promise<AwsResponse> {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    'x-amz-executed-version': '$LATEST',
  };
  if (type !== 'RequestResponse' && type !== 'Event')
    throw new AwsError(
      { code: 'InvalidParameterValueException', status: 400 },
      `Invocation type ${type} is not known`,
    );
  if (body.length > maxPayloadBytes[type])
    throw new AwsError(
      { code: 'RequestTooLargeException', status: 413 },
      `${body.length} byte payload is too large for the ${type} invocation type (limit ${maxPayloadBytes[type]} bytes)`,
    );
  const payload = body.length === 0 ? '{}' : body.toString();
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError(
      { code: 'InvalidRequestContentException', status: 400 },
      'Could not parse request body into json',
    );
  }
  const outcome = await invoke(name, payload, { type, caller: caller.name, traceId }).catch(
    (error: unknown) => {
      const refused = error as { code?: unknown; status?: unknown };
      if (error instanceof Error && typeof refused.code === 'string' && typeof refused.status === 'number')
        throw new AwsError({ code: refused.code, status: refused.status }, error.message);
      throw error;
    },
  );
  if (type === 'Event') return { status: 202, headers, body: '' };
  const failed = outcome.failure ? { 'x-amz-function-error': 'Unhandled' } : {};
  return { status: 200, headers: { ...headers, ...failed }, body: outcome.payload };
}
