import { Pool } from 'undici';
import type { Answer, AwsService } from './call.ts';
import { type DynamoInput, dynamoNeeds, type TableBook } from './dynamodb-needs.ts';
import { type Codes, jsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const CODES: Codes = {
  'access-denied': { code: 'com.amazon.coral.service#AccessDeniedException', status: 400 },
  'unknown-operation': { code: 'com.amazon.coral.service#UnknownOperationException', status: 400 },
  'unknown-caller': { code: 'com.amazon.coral.service#UnrecognizedClientException', status: 400 },
  throttled: { code: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', status: 400 },
  internal: { code: 'com.amazonaws.dynamodb.v20120810#InternalServerError', status: 500 },
  conflict: { code: 'com.amazonaws.dynamodb.v20120810#TransactionConflictException', status: 400 },
};

/** The engine wants to see a signature; it does not check it. */
const TO_ENGINE = {
  'content-type': CONTENT_TYPE,
  authorization:
    'AWS4-HMAC-SHA256 Credential=platform/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/** DynamoDB and DynamoDB Streams, by the engine at `url`. The engine's region is called dynoxide; ARNs are translated. */
export function dynamodb(
  url: string,
  region: string,
  book: () => TableBook,
): AwsService & { close(): Promise<void> } {
  const pool = new Pool(url, { connections: 64, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return {
    close: () => pool.destroy(),
    refuse: (refusal) => jsonError(refusal, CODES, CONTENT_TYPE),
    read(incoming) {
      const target = String(incoming.headers['x-amz-target'] ?? '');
      const name = target.slice(target.indexOf('.') + 1);
      const input = jsonBody<DynamoInput>(incoming);
      return {
        name,
        needs: dynamoNeeds(name, input, book()),
        ...(input.TransactItems ? { items: input.TransactItems.length } : {}),
        run: async () => {
          const streams = target.startsWith('DynamoDBStreams');
          const body = streams
            ? incoming.body.toString().replaceAll(`:${region}:`, ':dynoxide:')
            : incoming.body;
          const answer = await forward(pool, target, body);
          return streams || name.endsWith('Table') ? inRegion(answer, region) : answer;
        },
      };
    },
  };
}

const inRegion = (answer: Answer, region: string): Answer => ({
  ...answer,
  body: answer.body.toString().replaceAll(':dynoxide:', `:${region}:`),
});

/** The bare dispatch of undici: half the cost of its request function, which makes a stream of every answer. */
function forward(pool: Pool, target: string, body: Buffer | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: Record<string, string> = {};
    pool.dispatch(
      { method: 'POST', path: '/', body, headers: { ...TO_ENGINE, 'x-amz-target': target } },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode, received) {
          status = statusCode;
          headers = {
            'content-type': String(received['content-type']),
            'x-amzn-requestid': String(received['x-amzn-requestid']),
          };
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          resolve({ status, headers, body: chunks.length === 1 ? (chunks[0] ?? '') : Buffer.concat(chunks) });
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
