import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { lambdaHandler } from './lambda-handler.ts';

/**
 * The stream edge: records of one table's stream in order. The first record that fails is named, and Lambda
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
