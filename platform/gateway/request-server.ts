import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { foreignRequest } from '../local-access/local-access.ts';
import { randomHex } from '../random-hex.ts';
import type { GatewayRequest } from './proxy-event.ts';
import type { HttpResponse } from './proxy-response.ts';
import { decodeBody, readBody } from './request-body.ts';
import type { RequestHandler } from './request-handler.ts';

/** A request and its response as Node has them. */
type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse };

/** Connects Node's HTTP server to the handler. Requests that Node cannot parse also get the API's own error format. */
export function requestServer(
  handler: RequestHandler,
  { bodyLimitMs, onError }: { bodyLimitMs?: number; onError: (error: unknown) => void },
) {
  /** The last request of each connection. */
  const exchanges = new WeakMap<Socket, Exchange>();

  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (foreignRequest(incoming.headers, 'any') !== undefined) {
      refuseHost(outgoing);
      return;
    }
    exchanges.set(incoming.socket, { incoming, outgoing });
    const request = parseRequest(incoming);
    readBody(incoming, bodyLimitMs)
      .then(
        async (received) => {
          const body =
            typeof received === 'string'
              ? received
              : await decodeBody(received, incoming.headers['content-encoding']);
          // The rest of the body would be parsed as the next request, or awaited for ever.
          if (body === 'too-late') outgoing.shouldKeepAlive = false;
          send(outgoing, request, await handler.handle(request, body));
        },
        () => outgoing.destroy(), // the client closed the connection while it sent the body
      )
      .catch((error: unknown) => {
        onError(error);
        outgoing.destroy();
      });
  };

  const respondToUnparsed = (error: NodeJS.ErrnoException, exchange: Exchange): void => {
    const { incoming, outgoing } = exchange;
    exchanges.set(incoming.socket, exchange);
    const request = parseRequest(incoming);
    const response =
      error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? handler.errorResponse(request, 'INTEGRATION_TIMEOUT', 'Endpoint request timed out')
        : handler.errorResponse(request, 'DEFAULT_4XX', 'Bad Request');
    outgoing.shouldKeepAlive = false;
    closeAfter(outgoing, incoming.socket);
    send(outgoing, request, response);
  };

  /** Node cannot parse the rest of a connection: sends an error response unless one was sent, and closes it. */
  const onClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
    const last = exchanges.get(socket);
    // Before the end of a request the invalid bytes are its body, after it they are the next request.
    const isNext = last === undefined || last.incoming.complete;
    if (!socket.writable) socket.destroy();
    else if (last !== undefined && (isNext ? !last.outgoing.writableFinished : last.outgoing.headersSent))
      closeAfter(last.outgoing, socket);
    else respondToUnparsed(error, isNext ? newExchange(socket) : last);
  };
  return { onRequest, onClientError };
}

/** As API Gateway responds under a host name that is not one of its domain names, before any API is chosen. */
function refuseHost(outgoing: ServerResponse): void {
  const headers = { 'Content-Type': 'application/json', Connection: 'close' };
  outgoing.writeHead(403, headers).end('{"message":"Forbidden"}');
}

function newExchange(socket: Socket): Exchange {
  const incoming = new IncomingMessage(socket);
  const outgoing = new ServerResponse(incoming);
  outgoing.assignSocket(socket);
  return { incoming, outgoing };
}

function closeAfter(outgoing: ServerResponse, socket: Socket): void {
  if (outgoing.writableFinished) socket.destroy();
  else outgoing.once('finish', () => socket.destroy());
}

function parseRequest(incoming: IncomingMessage): GatewayRequest {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  const receivedAt = new Date();
  const { socket, headers } = incoming;
  return {
    method: incoming.method ?? 'GET',
    path,
    query: query.join('?'),
    rawHeaders: incoming.rawHeaders,
    accept: headers.accept,
    contentType: headers['content-type'],
    sourceIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    port: socket.localPort ?? 0,
    protocol: `HTTP/${incoming.httpVersion}`,
    requestId: randomUUID(),
    extendedRequestId: Buffer.from(randomHex(22), 'hex').toString('base64'),
    traceId: `Root=1-${Math.floor(receivedAt.getTime() / 1_000).toString(16)}-${randomHex(24)}`,
    receivedAt,
  };
}

function send(outgoing: ServerResponse, request: GatewayRequest, response: HttpResponse): void {
  const headers: string[] = [
    'x-amzn-RequestId',
    request.requestId,
    'x-amz-apigw-id',
    request.extendedRequestId,
    'X-Amzn-Trace-Id',
    request.traceId,
    ...response.headers.flat(),
  ];
  const hasBody = response.status !== 204 && response.status !== 304;
  if (hasBody) headers.push('Content-Length', String(Buffer.byteLength(response.body)));
  outgoing.writeHead(response.status, headers);
  outgoing.end(hasBody ? response.body : undefined);
}
