import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ApiMethod, RestApiSpec } from '../../build/deployment.ts';
import { explainListenError } from '../engines/ports.ts';
import type { Invoke, InvokeResult } from '../host/invoke.ts';
import { type Authorizer, lambdaAuthorizer } from './authorizer.ts';
import { type GatewayResponses, type GatewayResponseType, gatewayResponses } from './gateway-response.ts';
import { compilePreflight, type Preflight } from './preflight.ts';
import { type EventFrame, eventFrame, type GatewayRequest, proxyEvent } from './proxy-event.ts';
import { type HttpResponse, proxyResponse } from './proxy-response.ts';
import { readBody } from './request-body.ts';
import { type Route, routeTable } from './routes.ts';

export type GatewayOptions = {
  /** 0 takes any free port. */
  port: number;
  host?: string;
  region: string;
  accountId: string;
  apis: readonly RestApiSpec[];
  invoke: Invoke;
  /** How long a client may take to send a body; as long as an integration by default. */
  bodyLimitMs?: number;
  /** Told what went wrong inside, where the client is told `Internal server error`. */
  onError: (error: unknown) => void;
};

export type Gateway = {
  port: number;
  url: string;
  /** Forgets what authorizers said, when their code changed. */
  clearAuthorizerCaches: () => void;
  /** Takes no more requests and ends when those in work are answered. */
  close: () => Promise<void>;
};

/** API Gateway's limit on an integration; a method may set less. */
const maxIntegrationMs = 29_000;
/** Requests in work get this long when the gateway closes. */
const closeTimeoutMs = 2_500;

type CompiledApi = { responses: GatewayResponses; authorizers: Map<string, Authorizer> };

/**
 * API Gateway for every compiled REST API on one HTTP port: routes, authorizers, proxy events, answers, preflights
 * and the gateway's own answers from the templates.
 * @throws when a template asks for something that this gateway does not know; StartError when the port is in use
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { invoke, region, accountId } = options;
  const routes = routeTable(options.apis);
  const compiled = new Map<RestApiSpec, CompiledApi>();
  const preflights = new Map<ApiMethod, Preflight>();
  for (const api of options.apis) {
    const authorizers = api.authorizers.map(
      (spec) => [spec.logicalId, lambdaAuthorizer(spec, invoke)] as const,
    );
    compiled.set(api, { responses: gatewayResponses(api), authorizers: new Map(authorizers) });
    for (const method of api.methods) {
      if (method.integration.kind !== 'mock') continue;
      const where = `${api.stack}: ${method.httpMethod} ${method.path}`;
      preflights.set(method, compilePreflight(method.integration.responses, where));
    }
  }
  const compiledOf = (api: RestApiSpec) => compiled.get(api) as CompiledApi;

  const gatewayResponse = (
    route: Route,
    request: GatewayRequest,
    type: GatewayResponseType,
    message: string,
  ): HttpResponse =>
    compiledOf(route.api).responses(type, message, {
      requestId: request.requestId,
      extendedRequestId: request.extendedRequestId,
      apiId: route.api.id,
      httpMethod: request.method,
      path: request.path,
      resourcePath: route.method?.path ?? '',
      stage: route.api.stageName,
      protocol: request.protocol,
      requestTimeEpoch: String(request.receivedAt.getTime()),
      'identity.sourceIp': request.sourceIp,
    });

  const authorize = async (route: Route, method: ApiMethod, request: GatewayRequest, frame: EventFrame) => {
    if (method.authorizer === undefined) return undefined;
    const authorizer = compiledOf(route.api).authorizers.get(method.authorizer);
    if (authorizer === undefined)
      throw new Error(`${route.api.stack} has no authorizer ${method.authorizer}`);
    const asked = `${route.api.id}/${route.api.stageName}/${request.method}${request.path}`;
    const authorization = await authorizer.check(
      frame,
      `arn:aws:execute-api:${region}:${accountId}:${asked}`,
    );
    if (!authorization.ok) return authorization;
    frame.requestContext.authorizer = authorization.context;
    return undefined;
  };

  const integrate = (method: ApiMethod, event: string, traceId: string) => {
    const { integration } = method;
    if (integration.kind !== 'lambda') throw new Error(`${method.path} has no function`);
    const limit = Math.min(integration.timeoutMs, maxIntegrationMs);
    return within(limit, invoke(functionNameOf(integration.functionArn), event, { traceId }));
  };

  const handle = async (
    incoming: IncomingMessage,
    request: GatewayRequest,
    route: Route,
    body: Awaited<ReturnType<typeof readBody>>,
  ): Promise<HttpResponse> => {
    const refuse = (type: GatewayResponseType, message: string) =>
      gatewayResponse(route, request, type, message);
    const { method } = route;
    if (method === undefined) return refuse('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    if (body === 'too-large') return refuse('REQUEST_TOO_LARGE', 'Request Too Long');
    if (body === 'too-late') return refuse('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
    const preflight = preflights.get(method);
    if (preflight !== undefined) return preflight(incoming.headers.origin);
    try {
      const frame = eventFrame(request, route.api, accountId, method.path, route.parameters);
      const refused = await authorize(route, method, request, frame);
      if (refused !== undefined) return refuse(refused.type, refused.message);
      const event = proxyEvent(frame, body, incoming.headers['content-type'], route.api.binaryMediaTypes);
      if (event === undefined) return refuse('REQUEST_TOO_LARGE', 'Request Too Long');
      const result = await integrate(method, event, request.traceId);
      if (result === undefined) return refuse('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
      const { accept } = incoming.headers;
      const answer =
        result.failure === undefined
          ? proxyResponse(result.payload, accept, route.api.binaryMediaTypes)
          : undefined;
      return answer ?? refuse('DEFAULT_5XX', 'Internal server error');
    } catch (error) {
      options.onError(error);
      return refuse('DEFAULT_5XX', 'Internal server error');
    }
  };

  /** What each connection last asked, and the answer to it. */
  const exchanges = new WeakMap<Socket, Exchange>();

  const serve = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    exchanges.set(incoming.socket, { incoming, outgoing });
    const request = readRequest(incoming);
    readBody(incoming, options.bodyLimitMs)
      .then(
        async (body) => {
          // The rest of it would be taken for the next request, or awaited for ever.
          if (body === 'too-late') outgoing.shouldKeepAlive = false;
          const route = routes.find(request.method, request.path);
          send(outgoing, request, await handle(incoming, request, route, body));
        },
        () => outgoing.destroy(), // the client went away while it sent: nobody is left to answer
      )
      .catch((error: unknown) => {
        // Never silently: an answer that is lost is a fault of ours.
        options.onError(error);
        outgoing.destroy();
      });
  };

  /** For a connection that Node's parser cannot read on: says so in the API's form, if that is not too late, and ends it. */
  const onClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
    const last = exchanges.get(socket);
    // Before the end of a request the broken bytes are its body, after it they are the next request.
    const isNext = last === undefined || last.incoming.complete;
    if (!socket.writable) socket.destroy();
    else if (last !== undefined && (isNext ? !last.outgoing.writableFinished : last.outgoing.headersSent))
      endAfter(last.outgoing, socket);
    else respondToUnparsed(error, isNext ? newExchange(socket) : last);
  };
  const respondToUnparsed = (error: NodeJS.ErrnoException, exchange: Exchange): void => {
    const { incoming, outgoing } = exchange;
    exchanges.set(incoming.socket, exchange);
    const request = readRequest(incoming);
    const route = routes.find(request.method, request.path);
    const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const answer = late
      ? gatewayResponse(route, request, 'INTEGRATION_TIMEOUT', 'Endpoint request timed out')
      : gatewayResponse(route, request, 'DEFAULT_4XX', 'Bad Request');
    outgoing.shouldKeepAlive = false;
    endAfter(outgoing, incoming.socket);
    send(outgoing, request, answer);
  };

  const server = createServer({ maxHeaderSize: 32 * 1024 }, serve);
  // API Gateway does without an expectation that it does not know; Node would answer 417 with no body.
  server.on('checkExpectation', serve);
  server.on('clientError', (error, socket) => onClientError(error, socket as Socket));
  // A keep-alive client must not meet a connection that closes under its next request.
  server.keepAliveTimeout = 65_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, 'the API', options.port)));
    server.listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host}:${port}`,
    clearAuthorizerCaches() {
      for (const { authorizers } of compiled.values())
        for (const one of authorizers.values()) one.clearCache();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), closeTimeoutMs).unref();
      }),
  };
}

type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse };

/** For what is answered without having been read as a request. */
function newExchange(socket: Socket): Exchange {
  const incoming = new IncomingMessage(socket);
  const outgoing = new ServerResponse(incoming);
  outgoing.assignSocket(socket);
  return { incoming, outgoing };
}

function endAfter(outgoing: ServerResponse, socket: Socket): void {
  if (outgoing.writableFinished) socket.destroy();
  else outgoing.once('finish', () => socket.destroy());
}

function readRequest(incoming: IncomingMessage): GatewayRequest {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const receivedAt = new Date();
  const { socket } = incoming;
  return {
    method: incoming.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    rawHeaders: incoming.rawHeaders,
    sourceIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    port: socket.localPort ?? 0,
    protocol: `HTTP/${incoming.httpVersion}`,
    requestId: randomUUID(),
    extendedRequestId: Buffer.from(randomHex(22), 'hex').toString('base64'),
    traceId: `Root=1-${Math.floor(receivedAt.getTime() / 1_000).toString(16)}-${randomHex(24)}`,
    receivedAt,
  };
}

/** At most 32 digits. From a UUID, of which Node draws many at once: other random bytes are a system call each. */
const randomHex = (digits: number) => randomUUID().replaceAll('-', '').slice(-digits);

function send(outgoing: ServerResponse, request: GatewayRequest, answer: HttpResponse): void {
  const headers: string[] = [
    'x-amzn-RequestId',
    request.requestId,
    'x-amz-apigw-id',
    request.extendedRequestId,
    'X-Amzn-Trace-Id',
    request.traceId,
  ];
  for (const [name, value] of answer.headers) headers.push(name, value);
  const hasBody = answer.status !== 204 && answer.status !== 304;
  if (hasBody) headers.push('Content-Length', String(Buffer.byteLength(answer.body)));
  outgoing.writeHead(answer.status, headers);
  outgoing.end(hasBody ? answer.body : undefined);
}

function functionNameOf(functionArn: string): string {
  return functionArn.split(':function:')[1]?.split(':')[0] ?? functionArn;
}

/** The result, or undefined when it takes longer than `limitMs`; the function goes on to its own timeout. */
async function within(limitMs: number, result: Promise<InvokeResult>): Promise<InvokeResult | undefined> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    limit = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(limit);
  }
}
