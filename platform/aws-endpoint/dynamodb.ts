import type { Answer, AwsService } from './call.ts';
import { type DynamoInput, dynamoNeeds, type TableBook } from './dynamodb-permissions.ts';
import { type EngineConnections, engineConnections } from './engine-connections.ts';
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
const TO_ENGINE = `content-type: ${CONTENT_TYPE}\r
authorization: AWS4-HMAC-SHA256 Credential=platform/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r
x-amz-date: 20260101T000000Z\r
x-amz-target: `;

/** DynamoDB and DynamoDB Streams, by the engine at `url`. The engine's region is called dynoxide; ARNs are translated. */
export function dynamodb(url: string, region: string, book: () => TableBook): AwsService & { close(): void } {
  const engine = engineConnections(url);
  return {
    close: engine.close,
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
            ? Buffer.from(incoming.body.toString().replaceAll(`:${region}:`, ':dynoxide:'))
            : incoming.body;
          const answer = await forward(engine, target, body);
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

async function forward(engine: EngineConnections, target: string, sent: Buffer): Promise<Answer> {
  const { status, header, body } = await engine.post(`${TO_ENGINE}${target}\r\n`, sent);
  const headers = {
    'content-type': header('content-type'),
    'x-amzn-requestid': header('x-amzn-requestid'),
  };
  return { status, headers, body };
}
