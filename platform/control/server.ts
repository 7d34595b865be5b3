import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import findMyWay from 'find-my-way';
import * as z from 'zod';
import { explainListenError } from '../engines/ports.ts';
import { readBody } from '../gateway/request-body.ts';
import { InvokeRefused } from '../host/invoke.ts';
import { Document, type Handler, Refused, type Routes } from './reply.ts';

export type ControlServer = { url: string; stop: () => Promise<void> };

/**
 * Serves the control interface and the console on 127.0.0.1. It can invoke every function, so it refuses requests that
 * a page of another site sends.
 * @throws StartError when the port is in use
 */
export async function startControlServer(port: number, routes: Routes): Promise<ControlServer> {
  const router = routerOf(routes);
  const server = createServer(async (incoming, outgoing) => {
    try {
      send(outgoing, 200, await respond(router, incoming));
    } catch (error) {
      const { status, message } = refusalOf(error);
      send(outgoing, status, { message });
    }
  });
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw explainListenError(error, 'the console', port);
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Router = ReturnType<typeof routerOf>;

function routerOf(routes: Routes) {
  // With onBadUrl, `find` returns a route with no handler of ours for a path that cannot be decoded.
  const router = findMyWay({ caseSensitive: true, onBadUrl: () => {} });
  for (const [route, handler] of Object.entries(routes)) {
    const [method, path = ''] = route.split(' ');
    router.on(method as 'GET', path, () => {}, handler);
  }
  return router;
}

async function respond(router: Router, incoming: IncomingMessage): Promise<unknown> {
  const { origin, host = '' } = incoming.headers;
  const [hostName] = host.split(':');
  if (hostName !== '127.0.0.1' && hostName !== 'localhost') throw new Refused(403, 'unknown host name');
  if (origin !== undefined && origin !== `http://${host}`)
    throw new Refused(403, 'requests from pages of other sites are not allowed');
  const found = router.find(incoming.method as 'GET', incoming.url ?? '/');
  if (found === null) throw new Refused(404, 'no such route');
  if (found.store === null) throw new Refused(400, 'the path cannot be decoded');
  const body = await readBody(incoming);
  if (body === 'too-large') throw new Refused(413, 'the request is too large');
  if (body === 'too-late') throw new Refused(408, 'the request did not end');
  return (found.store as Handler)({
    params: found.params as Record<string, string>,
    body: body.toString('utf8'),
  });
}

function refusalOf(error: unknown): { status: number; message: string } {
  if (error instanceof Refused || error instanceof InvokeRefused) return error;
  if (error instanceof SyntaxError) return { status: 400, message: 'the body is not JSON' };
  if (error instanceof z.ZodError) return { status: 400, message: z.prettifyError(error) };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}

function send(outgoing: ServerResponse, status: number, result: unknown): void {
  const { type, text, headers } =
    result instanceof Document ? result : new Document('application/json', JSON.stringify(result));
  outgoing.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  outgoing.end(text);
}
