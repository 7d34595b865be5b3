import { jsonOrText } from './event-filter.ts';
import type { PendingEvent } from './source-store.ts';

/** Why Lambda stopped retrying an event. */
export type Condition = 'RetriesExhausted' | 'EventAgeExceeded';

/**
 * What Lambda sends to a function's failure destination
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). An event whose
 * function was throttled for too long never ran and has no response.
 */
export function failedEventRecord(
  event: PendingEvent,
  of: { functionArn: string; condition: Condition; requestId: string; error?: string; now: number },
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(of.now).toISOString(),
    requestContext: {
      requestId: of.requestId,
      functionArn: `${of.functionArn}:$LATEST`,
      condition: of.condition,
      approximateInvokeCount: event.attempts + (of.error === undefined ? 0 : 1),
    },
    requestPayload: jsonOrText(event.payload),
    ...(of.error === undefined
      ? {}
      : {
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: jsonOrText(of.error),
        }),
  });
}
