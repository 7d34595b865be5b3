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
