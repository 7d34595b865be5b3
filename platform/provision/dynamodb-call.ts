/** A refusal of the engine, by DynamoDB's error name. */
export class DynamoDbError extends Error {
  override name = 'DynamoDbError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One DynamoDB operation with its JSON input. */
export type DynamoDbCall = <Output>(operation: string, input: object) => Promise<Output>;

/**
 * Calls an engine by DynamoDB's wire protocol, without the SDK, whose loading alone takes longer than all of this.
 * @throws DynamoDbError
 */
export function dynamoDbCall(endpoint: string, region: string): DynamoDbCall {
  const authorization =
    `AWS4-HMAC-SHA256 Credential=platform/20260101/${region}/dynamodb/aws4_request, ` +
    'SignedHeaders=host, Signature=0';
  return async <Output>(operation: string, input: object): Promise<Output> => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization,
      },
      body: JSON.stringify(input),
    });
    const body = (await answer.json()) as Output & { __type?: string; message?: string; Message?: string };
    if (answer.ok) return body;
    const code = body.__type?.split('#').at(-1) ?? `HTTP ${answer.status}`;
    throw new DynamoDbError(code, `${operation}: ${body.message ?? body.Message ?? code}`);
  };
}
