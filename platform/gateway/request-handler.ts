import type { ApiMethod, RestApiSpec } from '../../build/deployment.ts';
import { functionNameOf, type Invoke, type InvokeResult } from '../host/invoke.ts';
import { type Authorization, type Authorizer, lambdaAuthorizer } from './authorizer.ts';
import { type GatewayResponses, type GatewayResponseType, gatewayResponses } from './gateway-response.ts';
import { compilePreflight } from './preflight.ts';
import { type EventFrame, eventFrame, type GatewayRequest, proxyEvent } from './proxy-event.ts';
import { type HttpResponse, proxyResponse } from './proxy-response.ts';
import type { BodyProblem, RequestBody } from './request-body.ts';
import { type Route, routeTable } from './routes.ts';

export type RequestHandler = {
  /** The response to a complete request. */
  handle: (request: GatewayRequest, body: RequestBody) => Promise<HttpResponse>;
  /** The response to a request that Node's parser could not read. */
  errorResponse: (request: GatewayRequest, type: GatewayResponseType, message: string) => HttpResponse;
  clearAuthorizerCaches: () => void;
};

type Options = {
  region: string;
  accountId: string;
  apis: readonly RestApiSpec[];
  invoke: Invoke;
  onError: (error: unknown) => void;
};
type CompiledApi = { responses: GatewayResponses; authorizers: Map<string, Authorizer> };

/** API Gateway's limit on an integration; a method may set less. */
const maxIntegrationMs = 29_000;

const bodyProblems: Record<BodyProblem, [GatewayResponseType, string]> = {
  'too-large': ['REQUEST_TOO_LARGE', 'Request Too Long'],
  'too-late': ['INTEGRATION_TIMEOUT', 'Endpoint request timed out'],
  'not-decoded': ['UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type'],
};

/** Compiles the APIs. @throws when a template uses something that this gateway does not implement */
export function requestHandler(options: Options): RequestHandler {
  const { accountId, apis, invoke, onError } = options;
  const routes = routeTable(apis);
  const compiled = new Map(apis.map((api) => [api, compileApi(api, invoke)]));
  const preflights = compilePreflights(apis);

  const errorResponses =
    (route: Route, request: GatewayRequest) =>
    (type: GatewayResponseType, message: string): HttpResponse =>
      (compiled.get(route.api) as CompiledApi).responses(type, message, templateContext(route, request));

  /** Adds the authorizer's context to the event. Returns the failed authorization, if it failed. */
  const authorize = async (
    { api }: Route,
    method: ApiMethod,
    request: GatewayRequest,
    frame: EventFrame,
  ): Promise<Extract<Authorization, { ok: false }> | undefined> => {
    if (method.authorizer === undefined) return undefined;
    const authorizer = compiled.get(api)?.authorizers.get(method.authorizer);
    if (authorizer === undefined) throw new Error(`${api.stack} has no authorizer ${method.authorizer}`);
    const methodPath = `${api.id}/${api.stageName}/${request.method}${request.path}`;
    const methodArn = `arn:aws:execute-api:${options.region}:${accountId}:${methodPath}`;
    const authorization = await authorizer.check(frame, methodArn);
    if (!authorization.ok) return authorization;
    frame.requestContext.authorizer = authorization.context;
    return undefined;
  };

  const integrate = async (route: Route, method: ApiMethod, request: GatewayRequest, body: Buffer) => {
    const errorResponse = errorResponses(route, request);
    const { api } = route;
    const frame = eventFrame(request, api, accountId, method.path, route.parameters);
    const denied = await authorize(route, method, request, frame);
    if (denied !== undefined) return errorResponse(denied.type, denied.message);
    const event = proxyEvent(frame, body, request.contentType, api.binaryMediaTypes);
    if (event === undefined) return errorResponse('REQUEST_TOO_LARGE', 'Request Too Long');
    const result = await invokeIntegration(invoke, method, event, request.traceId);
    if (result === undefined) return errorResponse('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
    const response =
      result.failure === undefined
        ? proxyResponse(result.payload, request.accept, api.binaryMediaTypes)
        : undefined;
    return response ?? errorResponse('DEFAULT_5XX', 'Internal server error');
  };

  return {
    async handle(request, body) {
      const route = routes.find(request.method, request.path);
      const errorResponse = errorResponses(route, request);
      const { method } = route;
      if (method === undefined)
        return errorResponse('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
      if (typeof body === 'string') return errorResponse(...bodyProblems[body]);
      const preflight = preflights.get(method);
      if (preflight !== undefined) return preflight;
      try {
        return await integrate(route, method, request, body);
      } catch (error) {
        onError(error);
        return errorResponse('DEFAULT_5XX', 'Internal server error');
      }
    },
    errorResponse: (request, type, message) =>
      errorResponses(routes.find(request.method, request.path), request)(type, message),
    clearAuthorizerCaches: () => clearCaches(compiled.values()),
  };
}

function clearCaches(apis: Iterable<CompiledApi>): void {
  for (const { authorizers } of apis) for (const authorizer of authorizers.values()) authorizer.clearCache();
}

function compileApi(api: RestApiSpec, invoke: Invoke): CompiledApi {
  const authorizers = new Map(
    api.authorizers.map((spec) => [spec.logicalId, lambdaAuthorizer(spec, invoke)]),
  );
  return { responses: gatewayResponses(api), authorizers };
}

function compilePreflights(apis: readonly RestApiSpec[]): Map<ApiMethod, HttpResponse> {
  const preflights = new Map<ApiMethod, HttpResponse>();
  for (const { stack, methods } of apis)
    for (const method of methods)
      if (method.integration.kind === 'mock')
        preflights.set(
          method,
          compilePreflight(method.integration.responses, `${stack}: ${method.httpMethod} ${method.path}`),
        );
  return preflights;
}

/** The values of `$context` in gateway response templates. */
const templateContext = ({ api, method }: Route, request: GatewayRequest) => ({
  requestId: request.requestId,
  extendedRequestId: request.extendedRequestId,
  apiId: api.id,
  httpMethod: request.method,
  path: request.path,
  resourcePath: method?.path ?? '',
  stage: api.stageName,
  protocol: request.protocol,
  requestTimeEpoch: String(request.receivedAt.getTime()),
  'identity.sourceIp': request.sourceIp,
});

/** The function's result, or undefined after the integration's timeout; the function then runs on to its own. */
async function invokeIntegration(
  invoke: Invoke,
  { integration, path }: ApiMethod,
  event: string,
  traceId: string,
): Promise<InvokeResult | undefined> {
  if (integration.kind !== 'lambda') throw new Error(`${path} has no function`);
  const timeoutMs = Math.min(integration.timeoutMs, maxIntegrationMs);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([invoke(functionNameOf(integration.functionArn), event, { traceId }), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
