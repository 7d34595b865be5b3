import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { RestApiSpec } from '../../build/deployment.ts';
import { explainListenError } from '../engines/ports.ts';
import type { Invoke } from '../host/invoke.ts';
import { requestHandler } from './request-handler.ts';
import { requestServer } from './request-server.ts';

type GatewayOptions = {
  /** 0 takes any free port. */
  port: number;
  host?: string;
  region: string;
  accountId: string;
  apis: readonly RestApiSpec[];
  invoke: Invoke;
  /** How long a client may take to send a body; as long as an integration by default. */
  bodyLimitMs?: number;
  /** Receives the cause of each `Internal server error`. */
  onError: (error: unknown) => void;
};

export type Gateway = {
  port: number;
  url: string;
  /** Deletes cached authorizations, when the code of authorizers changed. */
  clearAuthorizerCaches: () => void;
  /** Accepts no more requests and resolves when those in flight are finished. */
  close: () => Promise<void>;
};

/** How long requests in flight may take when the gateway closes. */
const closeTimeoutMs = 2_500;

/**
 * API Gateway for every compiled REST API on one HTTP port: routes, authorizers, proxy events, preflights and the
 * gateway responses of the templates.
 * @throws when a template uses something that this gateway does not implement; StartError when the port is in use
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const handler = requestHandler(options);
  const { onRequest, onClientError } = requestServer(handler, options);
  const server = createServer({ maxHeaderSize: 32 * 1024 }, onRequest);
  // API Gateway ignores an unknown expectation; Node would return 417 without a body.
  server.on('checkExpectation', onRequest);
  server.on('clientError', (error, socket) => onClientError(error, socket as Socket));
  // Longer than the keep-alive of common clients, so that no request meets a connection that is closing.
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
    clearAuthorizerCaches: handler.clearAuthorizerCaches,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), closeTimeoutMs).unref();
      }),
  };
}
