import { randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';

const dynamo = new DynamoDBClient({});
const table = process.env['RECORDS_TABLE'] ?? '';

/** Records what a probe received, under its name and in that order. */
export async function record(probe: string, seen: unknown): Promise<void> {
  const seenAt = `${new Date().toISOString()}#${process.hrtime.bigint()}#${randomUUID()}`;
  await dynamo.send(
    new PutItemCommand({
      TableName: table,
      Item: { probe: { S: probe }, seenAt: { S: seenAt }, seen: { S: JSON.stringify(seen) } },
    }),
  );
}

/** Counts the records of a probe whose JSON contains `text`. */
export async function recall(probe: string, text: string): Promise<number> {
  const response = await dynamo.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'probe = :probe',
      FilterExpression: 'contains(seen, :text)',
      ExpressionAttributeValues: { ':probe': { S: probe }, ':text': { S: text } },
      ConsistentRead: true,
    }),
  );
  return response.Count ?? 0;
}
