import http from 'node:http';
import https from 'node:https';
import { HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import { canonicalQuery } from './signature.ts';

/** How long a call may take to connect, and until its whole response has arrived. */
export type CallTimeouts = { connectMs: number; responseMs: number };

/** A request handler of the AWS SDK. Rejects with a `TimeoutError` or Node's connection error. */
export type Transport = {
  metadata: { handlerProtocol: string };
  handle(request: HttpRequest, options?: { abortSignal?: AbortSignal }): Promise<{ response: HttpResponse }>;
  destroy(): void;
  httpHandlerConfigs(): CallTimeouts;
  updateHttpClientConfig(): void;
};

/** As many connections as the SDK's own handler. */
const agentOptions = { keepAlive: true, maxSockets: 50 };

/** Errors that the SDK renames to `TimeoutError`, so that its retries treat them as transient. */
const brokenConnections = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Sends complete requests and reads complete responses over keep-alive connections; the SDK's own handler supports
 * streams, with six timers per call, and only warns after its `requestTimeout`. Here a call that takes longer fails.
 */
export function transport({ connectMs, responseMs }: CallTimeouts): Transport {
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };
  const handle: Transport['handle'] = (request, { abortSignal } = {}) =>
    new Promise((resolve, reject) => {
      const secure = request.protocol === 'https:';
      const query = canonicalQuery(request.query ?? {});
      const call = (secure ? https : http).request(
        {
          host: request.hostname,
          port: request.port,
          method: request.method,
          path: query === '' ? request.path : `${request.path}?${query}`,
          headers: request.headers,
          agent: agents[secure ? 'https:' : 'http:'],
          ...(abortSignal === undefined ? {} : { signal: abortSignal }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => {
            clearTimeout(limit);
            resolve({
              response: new HttpResponse({
                statusCode: response.statusCode ?? 0,
                headers: response.headers as Record<string, string>,
                body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks),
              }),
            });
          });
        },
      );
      const fail = (error: Error & { code?: string }) => {
        clearTimeout(limit);
        reject(
          brokenConnections.has(error.code ?? '') ? Object.assign(error, { name: 'TimeoutError' }) : error,
        );
      };
      const expire = (reason: string) => call.destroy(timeoutError(`${request.hostname} ${reason}`));
      const limit = setTimeout(expire, responseMs, `sent no response within ${responseMs} ms`);
      call.on('error', fail);
      call.on('socket', (socket) => {
        if (!socket.connecting) return;
        const connectLimit = setTimeout(expire, connectMs, `accepted no connection within ${connectMs} ms`);
        socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connectLimit));
        socket.once('close', () => clearTimeout(connectLimit));
      });
      call.end(request.body);
    });
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle,
    destroy: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
    httpHandlerConfigs: () => ({ connectMs, responseMs }),
    updateHttpClientConfig: () => {},
  };
}

const timeoutError = (message: string): Error => Object.assign(new Error(message), { name: 'TimeoutError' });
