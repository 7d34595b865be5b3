import type { SNSEvent } from 'aws-lambda';
import { edge } from './edge.ts';
import { dispatchEvent, type EventHandlers } from './event-dispatch.ts';

/** The topic edge: SNS calls the function itself, one record a call; a failure is retried twice by Lambda, then given up. */
export function topicHandler(handlers: EventHandlers) {
  return edge(async (event: SNSEvent): Promise<void> => {
    for (const record of event.Records) await dispatchEvent(handlers, record.Sns.Message);
  });
}
