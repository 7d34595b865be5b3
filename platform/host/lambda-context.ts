import type { FunctionDefinition } from './protocol.ts';

/** The `context` argument of a handler. `deadlineMs` is the epoch time at which the platform stops waiting. */
export function lambdaContext(definition: FunctionDefinition, requestId: string, deadlineMs: number) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: definition.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: definition.arn,
    memoryLimitInMB: String(definition.memoryMb),
    awsRequestId: requestId,
    logGroupName: definition.logGroup,
    logStreamName: definition.environment.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}
