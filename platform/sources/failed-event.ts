import type { PendingEvent } from './source-store.ts';

/** Why Lambda stopped retrying an event; an event whose function was throttled for too long never ran. */
export type Failure =
  | { condition: 'RetriesExhausted'; requestId: string; error: string }
  | { condition: 'EventAgeExceeded'; requestId: string };

/**
 * What Lambda sends to a function's failure destination
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
 */
export function failedEventRecord(event: PendingEvent, failure: Failure, functionArn: string): string {
  const { condition, requestId } = failure;
  const error = 'error' in failure ? failure.error : undefined;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: event.attempts + (error === undefined ? 0 : 1),
    },
    requestPayload: jsonOrText(event.payload),
    ...(error !== undefined && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: jsonOrText(error),
    }),
  });
}

/** JSON text as JSON, other text as it is. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
