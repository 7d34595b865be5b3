import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { countHandled } from './error-metrics.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

/**
 * Wraps the handler of a table's stream. Records are handled in order; the first that fails is reported, and Lambda
 * retries from there (ReportBatchItemFailures on a stream).
 */
export function streamHandler(handle: (record: DynamoDBRecord) => Promise<void>) {
  return lambdaHandler((event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> => {
    const processor = new BatchProcessor(EventType.DynamoDBStreams);
    const handleRecord = async (record: DynamoDBRecord) => {
      try {
        await handle(record);
      } catch (error) {
        countHandled(error, context);
        logger.warn('record failed', { eventId: record.eventID, error: error as Error });
        throw error;
      }
    };
    return processPartialResponse(event, handleRecord, processor, {
      context,
      throwOnFullBatchFailure: false,
      processInParallel: false,
    });
  });
}
