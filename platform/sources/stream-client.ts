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

type Shard = { ShardId: string; ParentShardId?: string };
type ShardPage = { StreamDescription: { Shards: Shard[]; LastEvaluatedShardId?: string } };
type RecordPage = { Records?: StreamRecord[]; NextShardIterator?: string | null };

export type StreamClient = ReturnType<typeof streamClient>;

/**
 * The stream operations that a poller uses. `url` is the address of the engine, not of the AWS endpoint: pollers have
 * no role.
 */
export function streamClient(url: string) {
  const { call, close } = dynamoDbClient(url);
  const stream = <Output>(operation: string, input: object) =>
    call<Output>(`DynamoDBStreams_20120810.${operation}`, input);
  return {
    /** The engine's ARN of a table's stream. */
    async streamOf(tableName: string): Promise<string> {
      type Output = { Table: { LatestStreamArn?: string } };
      const { Table } = await call<Output>('DescribeTable', { TableName: tableName });
      if (Table.LatestStreamArn === undefined) throw new Error(`the table ${tableName} has no stream`);
      return Table.LatestStreamArn;
    },
    async shards(StreamArn: string): Promise<Shard[]> {
      const shards: Shard[] = [];
      let ExclusiveStartShardId: string | undefined;
      do {
        const { StreamDescription }: ShardPage = await stream('DescribeStream', {
          StreamArn,
          ExclusiveStartShardId,
        });
        shards.push(...StreamDescription.Shards);
        ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
      } while (ExclusiveStartShardId !== undefined);
      return shards;
    },
    /** An iterator after a sequence number, or at the beginning of the shard. */
    async iterator(StreamArn: string, ShardId: string, after?: string): Promise<string> {
      const position =
        after === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
      type Output = { ShardIterator: string };
      return (await stream<Output>('GetShardIterator', { StreamArn, ShardId, ...position })).ShardIterator;
    },
    /** `next` is undefined at the end of a closed shard. */
    async records(ShardIterator: string, Limit: number) {
      const page = await stream<RecordPage>('GetRecords', { ShardIterator, Limit });
      return { records: page.Records ?? [], next: page.NextShardIterator ?? undefined };
    },
    close,
  };
}
