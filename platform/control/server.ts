import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import findMyWay from 'find-my-way';
import * as z from 'zod';
import { explainListenError } from '../engines/ports.ts';
import { readBody } from '../gateway/request-body.ts';
import { InvokeRefused } from '../host/invoke.ts';
import { foreignRequest, hasSecret } from '../local-access/local-access.ts';
import { Document, type Handler, Refused, type Routes } from './reply.ts';

export type ControlServer = { url: string; stop: () => Promise<void> };

type ControlServerOptions = {
  /** 0 takes any free port. */
  port: number;
  /** Required by every route except the open ones. */
  secret: string;
  routes: Routes;
  /** Routes that reveal and change nothing: the files of the console's page. */
  openRoutes?: Routes;
};

/**
 * Serves the control interface and the console on 127.0.0.1. It can invoke every function, so it requires the secret of
 * this start and refuses requests that a page of another site sends.
 * @throws StartError when the port is in use
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { port, secret, routes, openRoutes = {} } = options;
  const router = routerOf({ ...routes, ...openRoutes });
  const open = new Set(Object.values(openRoutes));
  const server = createServer(async (incoming, outgoing) => {
    try {
      send(
        outgoing,
        200,
        await respond(
          router,
          incoming,
          (handler) => open.has(handler) || hasSecret(incoming.headers, secret),
        ),
      );
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

async function respond(
  router: Router,
  incoming: IncomingMessage,
  mayCall: (handler: Handler) => boolean,
): Promise<unknown> {
  const foreign = foreignRequest(incoming.headers, 'own');
  if (foreign !== undefined) throw new Refused(403, foreign);
  const found = router.find(incoming.method as 'GET', incoming.url ?? '/');
  if (found === null) throw new Refused(404, 'no such route');
  if (found.store === null) throw new Refused(400, 'the path cannot be decoded');
  const handler = found.store as Handler;
  if (!mayCall(handler))
    throw new Refused(
      401,
      'open the console with the address that npm start printed: it has the secret of this start',
    );
  const body = await readBody(incoming);
  if (body === 'too-large') throw new Refused(413, 'the request is too large');
  if (body === 'too-late') throw new Refused(408, 'the request did not end');
  return handler({
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
