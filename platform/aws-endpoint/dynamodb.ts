import { dynamoDbClient } from '../engines/dynamodb-client.ts';
import type { AwsService } from './call.ts';
import { type DynamoInput, dynamoPermissions, type TableCatalog } from './dynamodb-permissions.ts';
import { type ErrorCodes, jsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';

const contentType = 'application/x-amz-json-1.0';
const errorCodes: ErrorCodes = {
  'access-denied': { code: 'com.amazon.coral.service#AccessDeniedException', status: 400 },
  'unknown-operation': { code: 'com.amazon.coral.service#UnknownOperationException', status: 400 },
  'unknown-caller': { code: 'com.amazon.coral.service#UnrecognizedClientException', status: 400 },
  'invalid-signature': { code: 'com.amazon.coral.service#InvalidSignatureException', status: 400 },
  throttled: { code: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', status: 400 },
  internal: { code: 'com.amazonaws.dynamodb.v20120810#InternalServerError', status: 500 },
};

/** DynamoDB's operations on items, served by the engine at `url`. */
export function dynamodb(url: string, catalog: () => TableCatalog): AwsService & { close(): Promise<void> } {
  const engine = dynamoDbClient(url);
  return {
    close: engine.close,
    errorResponse: (error) => jsonError(error, errorCodes, contentType),
    read(request) {
      const target = String(request.headers['x-amz-target'] ?? '');
      const name = target.slice(target.indexOf('.') + 1);
      const input = jsonBody<DynamoInput>(request);
      return {
        name,
        requiredPermissions: dynamoPermissions(name, input, catalog()),
        ...(input.TransactItems ? { items: input.TransactItems.length } : {}),
        run: async () => {
          const { status, contentType, requestId, body } = await engine.send(target, request.body);
          return { status, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body };
        },
      };
    },
  };
}
