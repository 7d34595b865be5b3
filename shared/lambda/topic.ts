import type { SNSEvent } from 'aws-lambda';
import { dispatchEvent, type EventHandlers } from './event-dispatch.ts';
import { lambdaHandler } from './lambda-handler.ts';

/** Wraps a function that SNS invokes, with one record per invocation; Lambda retries a failure twice. */
export function topicHandler(handlers: EventHandlers) {
  return lambdaHandler(async (event: SNSEvent): Promise<void> => {
    for (const record of event.Records) await dispatchEvent(handlers, record.Sns.Message);
  });
}
