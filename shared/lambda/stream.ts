import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { lambdaHandler } from './lambda-handler.ts';

/**
 * Wraps the handler of a table's stream. Records are handled in order; the first that fails is reported, and Lambda
 * retries from there (ReportBatchItemFailures on a stream).
 */
export function streamHandler(handle: (record: DynamoDBRecord) => Promise<void>) {
  return lambdaHandler((event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> => {
    const processor = new BatchProcessor(EventType.DynamoDBStreams);
    return processPartialResponse(event, handle, processor, {
      context,
      throwOnFullBatchFailure: false,
      processInParallel: false,
    });
  });
}
