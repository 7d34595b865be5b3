import { InvokeStore } from '@aws/lambda-invoke-store';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { retryMiddleware } from '@smithy/core/retry';
import type { $OperationSchema, HttpRequest, HttpResponse, MetadataBearer } from '@smithy/types';
import { traceOfProcess } from './aws/config.ts';
import { type Credentials, type SigningScope, sign } from './aws/signature.ts';
import { type CallTimeouts, type Transport, transport } from './aws/transport.ts';

/** A call times out, and is retried, long before the function's own timeout. */
const defaultTimeouts: CallTimeouts = { connectMs: 1_000, responseMs: 3_000 };

/** The part of an SDK client that is used here; the client's own types are narrower. */
type AwsClient = { config: object; send: (...given: never[]) => unknown };
type Config = Parameters<typeof retryMiddleware>[0] &
  Parameters<typeof getEndpointFromInstructions>[2] & {
    protocol: {
      serializeRequest(operation: $OperationSchema, input: object, context: object): Promise<HttpRequest>;
      deserializeResponse(
        operation: $OperationSchema,
        context: object,
        response: HttpResponse,
      ): Promise<MetadataBearer>;
    };
    credentials(): Promise<Credentials>;
    region(): Promise<string>;
    defaultSigningName: string;
    defaultUserAgentProvider(): Promise<[name: string, version?: string][]>;
    requestHandler: Transport;
  };
/** Each command has the schema of its operation: `[kind, namespace, name, traits, input, output]`. */
type Command = {
  input: object;
  schema: readonly [
    number,
    string,
    string,
    $OperationSchema['traits'],
    $OperationSchema['input'],
    $OperationSchema['output'],
  ];
};
type Options = { abortSignal?: AbortSignal };
type Endpoint = SigningScope & {
  host: string;
  userAgent: string;
  serde: object;
  /** The trace of the current invocation, passed on so that X-Ray connects the calls and Lambda detects a loop. */
  traceOf: () => string | undefined;
};

/**
 * Replaces `send` of an AWS client. Requests are identical to the SDK's: serialization by schema, endpoint rules,
 * credentials, retries and errors remain its own. It skips the middleware stack, the asynchronous signer and the
 * streaming transport, which use two thirds of the CPU time of a call (ADR 0013).
 * For clients whose requests and responses are complete strings, not for S3. Middleware added to the client does not run.
 */
export function lean<C extends AwsClient>(client: C, timeouts: CallTimeouts = defaultTimeouts): C {
  const config = client.config as unknown as Config;
  config.requestHandler = transport(timeouts);
  const retrying = retryMiddleware(config);
  let endpoint: Promise<Endpoint> | undefined;
  const send = async (command: Command, options: Options = {}): Promise<MetadataBearer> => {
    // One endpoint for all commands of a service, since none addresses a resource by the account in its ARN.
    endpoint ??= endpointOf(config, command).catch((error: unknown) => {
      endpoint = undefined;
      throw error;
    });
    const resolved = await endpoint;
    const [, namespace, name, traits, input, output] = command.schema;
    const operation = { namespace, name, traits, input, output };
    const request = await config.protocol.serializeRequest(operation, command.input, resolved.serde);
    const attempt = async () => {
      const { response } = await config.requestHandler.handle(
        await signed(config, request, resolved),
        options,
      );
      try {
        return {
          response,
          output: await config.protocol.deserializeResponse(operation, resolved.serde, response),
        };
      } catch (error) {
        throw withResponse(error as Error, response);
      }
    };
    return (await retrying(attempt, { __smithy_context: options })({ input: command.input, request })).output;
  };
  client.send = send as unknown as C['send'];
  return client;
}

async function endpointOf(config: Config, command: Command): Promise<Endpoint> {
  const supplier = command.constructor as Parameters<typeof getEndpointFromInstructions>[1];
  const endpoint = await getEndpointFromInstructions(command.input, supplier, config);
  const scheme = (endpoint.properties?.['authSchemes'] as Record<string, string>[] | undefined)?.[0];
  const invocations = await InvokeStore.getInstanceAsync();
  return {
    host: endpoint.url.host,
    region: scheme?.['signingRegion'] ?? (await config.region()),
    service: scheme?.['signingName'] ?? config.defaultSigningName,
    userAgent: (await config.defaultUserAgentProvider()).map((part) => part.join('/')).join(' '),
    serde: { ...config, endpoint: async () => endpoint },
    traceOf: () => invocations.getXRayTraceId() ?? traceOfProcess(),
  };
}

/** A copy with the date and signature of this attempt. The SDK renews credentials before they expire. */
async function signed(config: Config, request: HttpRequest, endpoint: Endpoint): Promise<HttpRequest> {
  const { method, path, query = {} } = request;
  const body = textOf(request.body);
  const headers: Record<string, string> = { ...request.headers, host: endpoint.host };
  delete headers['content-length'];
  sign({ method, path, query, headers, body }, await config.credentials(), endpoint, Date.now());
  headers['user-agent'] = endpoint.userAgent;
  const traceId = endpoint.traceOf();
  if (traceId !== undefined) headers['x-amzn-trace-id'] = traceId;
  return { ...request, headers, body };
}

/** A string is written together with the headers, bytes in a second write. */
function textOf(body: unknown): string {
  if (body === undefined || typeof body === 'string') return body ?? '';
  const bytes = body as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** As in the SDK, whose retries read the status, even of a response that it cannot parse, and Retry-After. */
function withResponse(error: Error & Partial<MetadataBearer>, response: HttpResponse): Error {
  Object.defineProperty(error, '$response', { value: response });
  error.$metadata ??= { httpStatusCode: response.statusCode };
  return error;
}
