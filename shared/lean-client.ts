import { InvokeStore } from '@aws/lambda-invoke-store';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { retryMiddleware } from '@smithy/core/retry';
import type { $OperationSchema, HttpRequest, HttpResponse, MetadataBearer } from '@smithy/types';
import { traceOfProcess } from './aws/config.ts';
import { type Credentials, type SigningScope, sign } from './aws/signature.ts';
import { type Patience, type Transport, transport } from './aws/transport.ts';

/** A call is given up, and tried again, long before the function's own time is over. */
const defaultPatience: Patience = { connectMs: 1_000, answerMs: 3_000 };

/** What of an SDK client this needs; the client's own types are narrower. */
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
/** The schema of a command's operation stands on each of its instances as `[kind, namespace, name, traits, input, output]`. */
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
type Place = SigningScope & {
  host: string;
  userAgent: string;
  serde: object;
  /** Lambda's trace of the invocation that calls: passed on, X-Ray ties the calls together and Lambda notices a loop. */
  traceOf: () => string | undefined;
};

/**
 * Gives an AWS client a shorter way from a command to its answer. What is said stays the SDK's: its serialization by
 * schema, its endpoint rules, its credentials, its retries and its errors. What is left out are its middleware stack,
 * its asynchronous signer and its streaming transport, together two thirds of the CPU time of a call (ADR 0013).
 * For clients whose requests and answers are whole texts: not for S3. Middleware added to the client does not run.
 */
export function lean<C extends AwsClient>(client: C, patience: Patience = defaultPatience): C {
  const config = client.config as unknown as Config;
  config.requestHandler = transport(patience);
  const retrying = retryMiddleware(config);
  let place: Promise<Place> | undefined;
  const send = async (command: Command, options: Options = {}): Promise<MetadataBearer> => {
    // The endpoint of a service is the same for all of its commands here: none names a resource by its ARN's account.
    place ??= placeOf(config, command).catch((error: unknown) => {
      place = undefined;
      throw error;
    });
    const there = await place;
    const [, namespace, name, traits, input, output] = command.schema;
    const operation = { namespace, name, traits, input, output };
    const request = await config.protocol.serializeRequest(operation, command.input, there.serde);
    const attempt = async () => {
      const { response } = await config.requestHandler.handle(await signed(config, request, there), options);
      try {
        return {
          response,
          output: await config.protocol.deserializeResponse(operation, there.serde, response),
        };
      } catch (error) {
        throw withAnswer(error as Error, response);
      }
    };
    return (await retrying(attempt, { __smithy_context: options })({ input: command.input, request })).output;
  };
  client.send = send as unknown as C['send'];
  return client;
}

async function placeOf(config: Config, command: Command): Promise<Place> {
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

/** A copy with this try's date and signature. Credentials are asked for each time: the SDK renews what runs out. */
async function signed(config: Config, request: HttpRequest, place: Place): Promise<HttpRequest> {
  const { method, path, query = {} } = request;
  const body = textOf(request.body);
  const headers: Record<string, string> = { ...request.headers, host: place.host };
  delete headers['content-length'];
  sign({ method, path, query, headers, body }, await config.credentials(), place, Date.now());
  headers['user-agent'] = place.userAgent;
  const traceId = place.traceOf();
  if (traceId !== undefined) headers['x-amzn-trace-id'] = traceId;
  return { ...request, headers, body };
}

/** One text is written with the headers in one go, bytes after them in a second. */
function textOf(body: unknown): string {
  if (body === undefined || typeof body === 'string') return body ?? '';
  const bytes = body as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** As the SDK does: its retries read the status, also of an answer that is not in its language, and Retry-After. */
function withAnswer(error: Error & Partial<MetadataBearer>, response: HttpResponse): Error {
  Object.defineProperty(error, '$response', { value: response });
  error.$metadata ??= { httpStatusCode: response.statusCode };
  return error;
}
