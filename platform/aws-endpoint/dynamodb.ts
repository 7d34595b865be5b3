import type { AwsResponse, AwsService } from './call.ts';
import { type DynamoInput, dynamoPermissions, type TableCatalog } from './dynamodb-permissions.ts';
import { type EngineConnections, engineConnections } from './engine-connections.ts';
import { type ErrorCodes, jsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';

const contentType = 'application/x-amz-json-1.0';
const errorCodes: ErrorCodes = {
  'access-denied': { code: 'com.amazon.coral.service#AccessDeniedException', status: 400 },
  'unknown-operation': { code: 'com.amazon.coral.service#UnknownOperationException', status: 400 },
  'unknown-caller': { code: 'com.amazon.coral.service#UnrecognizedClientException', status: 400 },
  throttled: { code: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', status: 400 },
  internal: { code: 'com.amazonaws.dynamodb.v20120810#InternalServerError', status: 500 },
  conflict: { code: 'com.amazonaws.dynamodb.v20120810#TransactionConflictException', status: 400 },
};

/** The engine wants to see a signature; it does not check it. */
const engineHeaders = `content-type: ${contentType}\r
authorization: AWS4-HMAC-SHA256 Credential=platform/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r
x-amz-date: 20260101T000000Z\r
x-amz-target: `;

/** DynamoDB and DynamoDB Streams, by the engine at `url`. The engine's region is called dynoxide; ARNs are translated. */
export function dynamodb(
  url: string,
  region: string,
  catalog: () => TableCatalog,
): AwsService & { close(): void } {
  const engine = engineConnections(url);
  return {
    close: engine.close,
    refuse: (refusal) => jsonError(refusal, errorCodes, contentType),
    read(awsRequest) {
      const target = String(awsRequest.headers['x-amz-target'] ?? '');
      const name = target.slice(target.indexOf('.') + 1);
      const input = jsonBody<DynamoInput>(awsRequest);
      return {
        name,
        requiredPermissions: dynamoPermissions(name, input, catalog()),
        ...(input.TransactItems ? { items: input.TransactItems.length } : {}),
        run: async () => {
          const streams = target.startsWith('DynamoDBStreams');
          const body = streams
            ? Buffer.from(awsRequest.body.toString().replaceAll(`:${region}:`, ':dynoxide:'))
            : awsRequest.body;
          const answer = await forward(engine, target, body);
          return streams || name.endsWith('Table') ? inRegion(answer, region) : answer;
        },
      };
    },
  };
}

const inRegion = (answer: AwsResponse, region: string): AwsResponse => ({
  ...answer,
  body: answer.body.toString().replaceAll(':dynoxide:', `:${region}:`),
});

async function forward(engine: EngineConnections, target: string, sent: Buffer): Promise<AwsResponse> {
  const { status, header, body } = await engine.post(`${engineHeaders}${target}\r\n`, sent);
  const headers = {
    'content-type': header('content-type'),
    'x-amzn-requestid': header('x-amzn-requestid'),
  };
  return { status, headers, body };
}
