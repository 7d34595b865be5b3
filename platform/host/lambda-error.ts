/**
 * Errors in the shape in which AWS Lambda answers them: `{ errorType, errorMessage, trace }`
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html).
 */
export type LambdaError = { errorType: string; errorMessage: string; trace?: string[] };

/** What a handler threw, as Lambda reports it; a thrown value that is no Error keeps its type as the name. */
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

/** The process that ran the invocation is gone. */
export function runtimeExited(requestId: string, reason: string): LambdaError {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`,
  };
}

/** The handler's answer is larger than a synchronous invocation may carry. */
export function responseTooLarge(bytes: number, limit: number): LambdaError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${limit} bytes).`,
  };
}
