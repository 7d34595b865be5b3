import { Pool } from 'undici';

/** A record as DynamoDB Streams answers it. */
export type StreamRecord = {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: string;
  userIdentity?: { type: string; principalId: string };
  dynamodb: {
    ApproximateCreationDateTime: number;
    SequenceNumber: string;
    [key: string]: unknown;
  };
};

export type Shard = { id: string; parentId?: string };

/** What a poller needs of DynamoDB and DynamoDB Streams, without an SDK: its client costs more than the engine. */
export type StreamClient = {
  /** The engine's own ARN of a table's stream. */
  streamOf: (tableName: string) => Promise<string>;
  shards: (streamArn: string) => Promise<Shard[]>;
  /** An iterator after a sequence number, or at the one end or the other. */
  iterator: (
    streamArn: string,
    shard: string,
    from: 'TRIM_HORIZON' | 'LATEST' | { after: string },
  ) => Promise<string>;
  /** `next` is undefined at the end of a closed shard. */
  records: (
    iterator: string,
    limit: number,
  ) => Promise<{ records: StreamRecord[]; next: string | undefined }>;
  close: () => Promise<void>;
};

/** The engine wants to see a signature; it does not check it. */
const engineHeaders = {
  'content-type': 'application/x-amz-json-1.0',
  authorization:
    'AWS4-HMAC-SHA256 Credential=platform/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/** `url` is the engine's own address, not the AWS endpoint: pollers act under the rights of nobody. */
export function streamClient(url: string): StreamClient {
  const pool = new Pool(url, { connections: 4 });
  const call = async (target: string, input: object): Promise<Record<string, unknown>> => {
    const { statusCode, body } = await pool.request({
      path: '/',
      method: 'POST',
      headers: { ...engineHeaders, 'x-amz-target': target },
      body: JSON.stringify(input),
    });
    const answer = (await body.json()) as Record<string, unknown>;
    if (statusCode === 200) return answer;
    throw new Error(`${target}: ${answer.__type ?? statusCode} ${answer.message ?? ''}`);
  };
  return {
    async streamOf(tableName) {
      const { Table } = await call('DynamoDB_20120810.DescribeTable', { TableName: tableName });
      const { LatestStreamArn } = Table as { LatestStreamArn?: string };
      if (LatestStreamArn === undefined) throw new Error(`the table ${tableName} has no stream`);
      return LatestStreamArn;
    },
    async shards(streamArn) {
      const shards: Shard[] = [];
      let start: string | undefined;
      do {
        const { StreamDescription } = await call('DynamoDBStreams_20120810.DescribeStream', {
          StreamArn: streamArn,
          ...(start === undefined ? {} : { ExclusiveStartShardId: start }),
        });
        const page = StreamDescription as {
          Shards: { ShardId: string; ParentShardId?: string }[];
          LastEvaluatedShardId?: string;
        };
        for (const { ShardId, ParentShardId } of page.Shards) {
          shards.push({ id: ShardId, ...(ParentShardId === undefined ? {} : { parentId: ParentShardId }) });
        }
        start = page.LastEvaluatedShardId;
      } while (start !== undefined);
      return shards;
    },
    async iterator(streamArn, shard, from) {
      const position =
        typeof from === 'string'
          ? { ShardIteratorType: from }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: from.after };
      const answer = await call('DynamoDBStreams_20120810.GetShardIterator', {
        StreamArn: streamArn,
        ShardId: shard,
        ...position,
      });
      return answer.ShardIterator as string;
    },
    async records(iterator, limit) {
      const answer = await call('DynamoDBStreams_20120810.GetRecords', {
        ShardIterator: iterator,
        Limit: limit,
      });
      return {
        records: (answer.Records ?? []) as StreamRecord[],
        next: (answer.NextShardIterator ?? undefined) as string | undefined,
      };
    },
    close: () => pool.close(),
  };
}
