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

/** An HTTP response, with header names in lower case and every value of each. */
export type HttpResponse = {
  status: number;
  headers: Record<string, string[]>;
  body: Buffer;
  json: () => unknown;
};

/** Calls the deployed API. Headers are pairs, since a name may occur twice. */
export function call(
  method: string,
  path: string,
  { headers = [], body }: { headers?: [string, string][]; body?: string | Buffer } = {},
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const url = new URL(target.baseUrl + path);
    const all: string[] = ['Host', url.host, 'User-Agent', 'contract-suite', ...headers.flat()];
    if (body !== undefined) all.push('Content-Length', String(Buffer.byteLength(body)));
    const outgoing = request(url, { method, headers: all, timeout: 20_000 }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const responseHeaders: Record<string, string[]> = {};
        for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
          const name = incoming.rawHeaders[at]!.toLowerCase();
          responseHeaders[name] = [...(responseHeaders[name] ?? []), incoming.rawHeaders[at + 1]!];
        }
        const responseBody = Buffer.concat(chunks);
        const json = () => JSON.parse(responseBody.toString()) as unknown;
        resolve({ status: incoming.statusCode ?? 0, headers: responseHeaders, body: responseBody, json });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} got no response in 20 s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Every record of a probe whose JSON contains `text`, oldest first. */
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

/** Calls `look` until it does not throw, and returns its result. @throws its last error after `withinMs` */
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

/** Invokes the probe that makes one AWS call with its own role, and returns the result of that call. */
export async function ask<T>(question: Record<string, unknown>): Promise<T> {
  const reply = await lambda.send(
    new InvokeCommand({ FunctionName: `${target.prefix}-ask`, Payload: JSON.stringify(question) }),
  );
  const response = Buffer.from(reply.Payload ?? []).toString();
  if (reply.FunctionError) throw new Error(`The probe failed: ${response}`);
  return JSON.parse(response) as T;
}

/** The input of GetQueueUrl for a queue of the probes. */
export function queueUrlOf(name: string): { QueueName: string } {
  return { QueueName: `${target.prefix}-${name}` };
}
