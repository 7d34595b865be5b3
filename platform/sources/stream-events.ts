import { createHash } from 'node:crypto';
import type { StreamRecord } from './stream-client.ts';

/** A stream's record in Lambda's event. */
type StreamEventRecord = StreamRecord & {
  eventSource: 'aws:dynamodb';
  eventSourceARN: string;
  awsRegion: string;
};

/** Replaces the engine's event ids, which count per table, and its region with those of AWS. */
export function streamRecord(record: StreamRecord, streamArn: string): StreamEventRecord {
  const identity = `${streamArn}/${record.dynamodb.SequenceNumber}`;
  return {
    ...record,
    eventID: createHash('md5').update(identity).digest('hex'),
    eventSource: 'aws:dynamodb',
    awsRegion: streamArn.split(':')[3] ?? '',
    eventSourceARN: streamArn,
  };
}

/**
 * The message to an on-failure queue: the position of the failed batch in the stream, without its records
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html).
 */
export function failureNotice(
  batch: readonly StreamRecord[],
  details: { functionArn: string; streamArn: string; shard: string; requestId: string; attempts: number },
  now: Date,
): object {
  const times = batch.map(({ dynamodb }) =>
    new Date(dynamodb.ApproximateCreationDateTime * 1_000).toISOString(),
  );
  return {
    requestContext: {
      requestId: details.requestId,
      functionArn: details.functionArn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: details.attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: now.toISOString(),
    DDBStreamBatchInfo: {
      shardId: details.shard,
      startSequenceNumber: batch[0]?.dynamodb.SequenceNumber,
      endSequenceNumber: batch.at(-1)?.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: times[0],
      approximateArrivalOfLastRecord: times.at(-1),
      batchSize: batch.length,
      streamArn: details.streamArn,
    },
  };
}
