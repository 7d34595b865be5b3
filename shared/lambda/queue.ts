import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { countHandled } from './error-metrics.ts';
import { dispatchEvent, type EventHandlers } from './event-dispatch.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

/**
 * Wraps the handler of a queue: each message is an event of the catalogue, handled by the reaction to its type. A failed
 * message is reported alone (ReportBatchItemFailures), delivered again, and moved to the dead-letter queue after three
 * attempts. FIFO queues use batches of one, so that an event behind a failed one keeps its own attempts.
 */
export function queueHandler(handlers: EventHandlers) {
  return lambdaHandler((event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const processor = new BatchProcessor(EventType.SQS);
    const handleRecord = async (record: SQSRecord) => {
      try {
        await dispatchEvent(handlers, record.body);
      } catch (error) {
        countHandled(error, context);
        logger.warn('message failed', {
          messageId: record.messageId,
          receiveCount: record.attributes.ApproximateReceiveCount,
          error: error as Error,
        });
        throw error;
      }
    };
    return processPartialResponse(event, handleRecord, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
  });
}
