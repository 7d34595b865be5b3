import { dynamoDbClient } from '../engines/dynamodb-client.ts';

/** A record as DynamoDB Streams returns it. */
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

type Shard = { id: string; parentId?: string };

type ShardPage = {
  StreamDescription: {
    Shards: { ShardId: string; ParentShardId?: string }[];
    LastEvaluatedShardId?: string;
  };
};

/** Where a shard without a checkpoint is read from: its beginning, or what is written from now on. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/** The stream operations that a poller uses. */
export type StreamClient = {
  /** The engine's ARN of a table's stream. */
  streamOf: (tableName: string) => Promise<string>;
  shards: (streamArn: string) => Promise<Shard[]>;
  /** An iterator after a sequence number, or at either end of the shard. */
  iterator: (streamArn: string, shard: string, from: StartingPosition | { after: string }) => Promise<string>;
  /** `next` is undefined at the end of a closed shard. */
  records: (
    iterator: string,
    limit: number,
  ) => Promise<{ records: StreamRecord[]; next: string | undefined }>;
  close: () => Promise<void>;
};

/** `url` is the address of the engine, not of the AWS endpoint: pollers have no role. */
export function streamClient(url: string): StreamClient {
  const { call, close } = dynamoDbClient(url);
  return {
    async streamOf(tableName) {
      type Output = { Table: { LatestStreamArn?: string } };
      const { Table } = await call<Output>('DescribeTable', { TableName: tableName });
      if (Table.LatestStreamArn === undefined) throw new Error(`the table ${tableName} has no stream`);
      return Table.LatestStreamArn;
    },
    async shards(streamArn) {
      const shards: Shard[] = [];
      let start: string | undefined;
      do {
        const page: ShardPage = await call('DynamoDBStreams_20120810.DescribeStream', {
          StreamArn: streamArn,
          ...(start === undefined ? {} : { ExclusiveStartShardId: start }),
        });
        for (const { ShardId, ParentShardId } of page.StreamDescription.Shards) {
          shards.push({ id: ShardId, ...(ParentShardId === undefined ? {} : { parentId: ParentShardId }) });
        }
        start = page.StreamDescription.LastEvaluatedShardId;
      } while (start !== undefined);
      return shards;
    },
    async iterator(streamArn, shard, from) {
      const position =
        typeof from === 'string'
          ? { ShardIteratorType: from }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: from.after };
      const { ShardIterator } = await call<{ ShardIterator: string }>(
        'DynamoDBStreams_20120810.GetShardIterator',
        { StreamArn: streamArn, ShardId: shard, ...position },
      );
      return ShardIterator;
    },
    async records(iterator, limit) {
      const { Records = [], NextShardIterator } = await call<{
        Records?: StreamRecord[];
        NextShardIterator?: string | null;
      }>('DynamoDBStreams_20120810.GetRecords', { ShardIterator: iterator, Limit: limit });
      return { records: Records, next: NextShardIterator ?? undefined };
    },
    close,
  };
}
