import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Where the suite runs: the API's base address, the stage, and which platform it is. AWS clients find their
 * endpoint and the operator's credentials where every SDK does (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID` …).
 */
export const target = {
  platform: process.env['CONTRACT_PLATFORM'] ?? 'local',
  baseUrl: process.env['CONTRACT_BASE_URL'] ?? '',
  prefix: `shop-contract-${process.env['CONTRACT_STAGE'] ?? 'dev'}`,
  region: process.env['AWS_REGION'] ?? 'eu-west-1',
  accountId: process.env['AWS_ACCOUNT_ID'] ?? '000000000000',
};

const dynamo = new DynamoDBClient({});
const lambda = new LambdaClient({});

/** What came back over HTTP, with header names in lower case and every value of each. */
export type Answer = { status: number; headers: Record<string, string[]>; body: Buffer; json: () => unknown };

/** Calls the deployed API. Headers are pairs, since a name may come twice. */
export function call(
  method: string,
  path: string,
  { headers = [], body }: { headers?: [string, string][]; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = new URL(target.baseUrl + path);
    const all: string[] = ['Host', url.host, 'User-Agent', 'contract-suite', ...headers.flat()];
    if (body !== undefined) all.push('Content-Length', String(Buffer.byteLength(body)));
    const outgoing = request(url, { method, headers: all, timeout: 20_000 }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const answerHeaders: Record<string, string[]> = {};
        for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
          const name = incoming.rawHeaders[at]!.toLowerCase();
          answerHeaders[name] = [...(answerHeaders[name] ?? []), incoming.rawHeaders[at + 1]!];
        }
        const answerBody = Buffer.concat(chunks);
        const json = () => JSON.parse(answerBody.toString()) as unknown;
        resolve({ status: incoming.statusCode ?? 0, headers: answerHeaders, body: answerBody, json });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} got no answer in 20 s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Everything a probe wrote down whose JSON contains `text`, oldest first. */
export async function seen<T>(probe: string, text: string): Promise<T[]> {
  const found: T[] = [];
  const pages = paginateQuery(
    { client: dynamo },
    {
      TableName: `${target.prefix}-records`,
      KeyConditionExpression: 'probe = :probe',
      ExpressionAttributeValues: { ':probe': { S: probe } },
      ConsistentRead: true,
    },
  );
  for await (const page of pages) {
    for (const item of page.Items ?? []) {
      const record = item['seen']?.S ?? 'null';
      if (record.includes(text)) found.push(JSON.parse(record) as T);
    }
  }
  return found;
}

/** Waits until `look` returns without throwing and answers its result; its last error after `withinMs`. */
export async function eventually<T>(look: () => Promise<T>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(200);
  }
}

/** Invokes the probe that makes one call as its own role, and answers with what came of that call. */
export async function ask<T>(question: Record<string, unknown>): Promise<T> {
  const reply = await lambda.send(
    new InvokeCommand({ FunctionName: `${target.prefix}-ask`, Payload: JSON.stringify(question) }),
  );
  const answer = Buffer.from(reply.Payload ?? []).toString();
  if (reply.FunctionError) throw new Error(`The probe failed: ${answer}`);
  return JSON.parse(answer) as T;
}

/** The name of an SQS queue of the probes, as its address. */
export function queueUrlOf(name: string): { QueueName: string } {
  return { QueueName: `${target.prefix}-${name}` };
}
