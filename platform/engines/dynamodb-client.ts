import { type Dispatcher, Pool } from 'undici';

/** A response of the engine with its complete body. */
export type EngineResponse = { status: number; contentType: string; requestId: string; body: Buffer };

/** An error response of the engine; `code` is DynamoDB's error name. */
export class DynamoDbError extends Error {
  override name = 'DynamoDbError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type DynamoDbClient = {
  /** Forwards a request body unchanged. `target` is the value of `x-amz-target`. */
  send(target: string, body: Buffer | string): Promise<EngineResponse>;
  /** Calls one operation, for example `CreateTable` or `DynamoDBStreams_20120810.GetRecords`. @throws DynamoDbError */
  call<Output>(operation: string, input: object): Promise<Output>;
  /** Closes all connections; requests in flight fail. */
  close(): Promise<void>;
};

/** Dynoxide handles this many requests at once without queueing them. */
const connections = 64;
/** The engine requires a signature but does not verify it. */
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  authorization:
    'AWS4-HMAC-SHA256 Credential=platform/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/**
 * A client for the wire protocol of DynamoDB and DynamoDB Streams, for calls to the engine itself. The AWS SDK costs
 * more CPU per call than the engine. `dispatch` costs less than undici's `request`, which creates a stream per body.
 */
export function dynamoDbClient(url: string): DynamoDbClient {
  const pool = new Pool(url, { connections, headersTimeout: 0, bodyTimeout: 0 });
  const send = (target: string, body: Buffer | string): Promise<EngineResponse> =>
    new Promise((resolve, reject) => {
      pool.dispatch(
        { path: '/', method: 'POST', headers: { ...headers, 'x-amz-target': target }, body },
        responseHandler(resolve, reject),
      );
    });
  return {
    send,
    async call<Output>(operation: string, input: object): Promise<Output> {
      const target = operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`;
      const response = await send(target, JSON.stringify(input));
      const output = JSON.parse(response.body.toString()) as Output & { __type?: string; message?: string };
      if (response.status === 200) return output;
      const code = output.__type?.split('#').at(-1) ?? `HTTP ${response.status}`;
      throw new DynamoDbError(code, `${operation}: ${output.message ?? code}`);
    },
    close: () => pool.destroy(),
  };
}

function responseHandler(
  resolve: (response: EngineResponse) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let response: Omit<EngineResponse, 'body'>;
  return {
    onRequestStart() {},
    onResponseStart(_controller, status, received) {
      response = {
        status,
        contentType: String(received['content-type'] ?? ''),
        requestId: String(received['x-amzn-requestid'] ?? ''),
      };
    },
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd() {
      const [first] = chunks;
      resolve({ ...response, body: first && chunks.length === 1 ? first : Buffer.concat(chunks) });
    },
    onResponseError: (_controller, error) => reject(error),
  };
}
