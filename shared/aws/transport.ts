import http from 'node:http';
import https from 'node:https';
import { HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import { canonicalQuery } from './signature.ts';

/** How long a call may take to connect, and until its whole answer is there. */
export type Patience = { connectMs: number; answerMs: number };

/** A request handler of AWS's SDK. Rejects with a `TimeoutError` or what Node says of the connection. */
export type Transport = {
  metadata: { handlerProtocol: string };
  handle(request: HttpRequest, options?: { abortSignal?: AbortSignal }): Promise<{ response: HttpResponse }>;
  destroy(): void;
  httpHandlerConfigs(): Patience;
  updateHttpClientConfig(): void;
};

/** As many connections as the SDK's own handler keeps. */
const agentOptions = { keepAlive: true, maxSockets: 50 };

/** The SDK calls these by the name by which it knows what passes, so that it tries again. */
const brokenConnections = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Requests and answers as wholes over kept connections; the SDK's own handler allows for streams, with six timers a
 * call. It also only warns of its `requestTimeout`; here a call that takes longer has failed.
 */
export function transport({ connectMs, answerMs }: Patience): Transport {
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
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', fail);
          answer.on('end', () => {
            clearTimeout(limit);
            resolve({
              response: new HttpResponse({
                statusCode: answer.statusCode ?? 0,
                headers: answer.headers as Record<string, string>,
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
      const expire = (what: string) => call.destroy(timeoutError(`${request.hostname} ${what}`));
      const limit = setTimeout(expire, answerMs, `did not answer within ${answerMs} ms`);
      call.on('error', fail);
      call.on('socket', (socket) => {
        if (!socket.connecting) return;
        const connectLimit = setTimeout(expire, connectMs, `took no connection within ${connectMs} ms`);
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
    httpHandlerConfigs: () => ({ connectMs, answerMs }),
    updateHttpClientConfig: () => {},
  };
}

const timeoutError = (message: string): Error => Object.assign(new Error(message), { name: 'TimeoutError' });
