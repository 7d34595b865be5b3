/**
 * Errors in Lambda's format: `{ errorType, errorMessage, trace }`
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html).
 */
export type LambdaError = { errorType: string; errorMessage: string; trace?: string[] };

/** What a handler threw, as Lambda reports it; the name of a thrown value that is not an Error is its type. */
export function asLambdaError(thrown: unknown): LambdaError {
  if (thrown instanceof Error) {
    return {
      errorType: thrown.name,
      errorMessage: thrown.message,
      trace: (thrown.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

/** The sandbox stopped the invocation at its timeout. */
export function timedOut(requestId: string, timeoutMs: number): LambdaError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  };
}

/** The process that ran the invocation has exited. */
export function runtimeExited(requestId: string, reason: string): LambdaError {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`,
  };
}

/** The handler's result exceeds the limit of a synchronous invocation. */
export function responseTooLarge(bytes: number, limit: number): LambdaError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${limit} bytes).`,
  };
}
