import type { SNSEvent } from 'aws-lambda';
import { dispatchEvent, type EventHandlers } from './event-dispatch.ts';
import { lambdaHandler } from './lambda-handler.ts';

/** The topic edge: SNS calls the function itself, one record a call; a failure is retried twice by Lambda, then given up. */
export function topicHandler(handlers: EventHandlers) {
  return lambdaHandler(async (event: SNSEvent): Promise<void> => {
    for (const record of event.Records) await dispatchEvent(handlers, record.Sns.Message);
  });
}
