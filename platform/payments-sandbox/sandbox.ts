import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PaymentsApi } from './api.ts';
import type { Behaviour, BehaviourRequest } from './behaviour.ts';
import { control, type LedgerView, ledgerView } from './control.ts';
import type { WebhookTarget } from './webhooks.ts';

/** Far above any legal request of this API. */
const MAX_BODY_BYTES = 256 * 1024;

/** What a sandbox is started with. */
export type PaymentsSandboxOptions = {
  /** 0 takes a free one. */
  port: number;
  /** Where `ledger.jsonl` is kept; without it the books end with the process. */
  dataDir?: string;
  /** The only key that is let in. */
  apiKey: string;
  webhook?: WebhookTarget;
  log?: (line: string) => void;
};

/** A running sandbox and its controls, the same that `/_sandbox/…` has over HTTP. */
export type PaymentsSandbox = {
  url: string;
  port: number;
  /** Ends the server, its open connections and its deliveries; undelivered webhooks go out at the next start. */
  stop(): Promise<void>;
  configure(changes: { apiKey?: string; webhook?: WebhookTarget }): void;
  ledger(orderId?: string): LedgerView;
  behave(request: BehaviourRequest): Behaviour;
  behaveWell(): Behaviour;
};

/** Reads a body, or nothing when it is too large. */
const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
};

const write = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
};

const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const serve = async (api: PaymentsApi, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await bodyOf(request);
  if (body === undefined) {
    const error = { type: 'invalid_request_error', message: 'The request is too large.' };
    return write(response, 413, JSON.stringify({ error }));
  }
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const method = request.method ?? 'GET';
  if (path.startsWith('/_sandbox/')) {
    const answer = control(api, { method, path, query, body });
    return write(response, answer.status, JSON.stringify(answer.body));
  }
  const answer = await api.answer({
    method,
    path,
    query,
    body,
    authorization: header(request, 'authorization'),
    idempotencyKey: header(request, 'idempotency-key'),
    apiVersion: header(request, 'stripe-version'),
  });
  // Unanswered on purpose: the caller's own timeout has to end the wait.
  if (!answer.silent) write(response, answer.status, answer.body, answer.headers);
};

/**
 * Starts a payment provider on 127.0.0.1 that speaks Stripe's API (PaymentIntents with automatic capture, refunds,
 * charges, balance, events, webhooks) for Stripe's own SDKs, and takes no real card.
 * @throws Error EADDRINUSE when the port is taken
 */
export const startPaymentsSandbox = async (options: PaymentsSandboxOptions): Promise<PaymentsSandbox> => {
  const log = options.log ?? (() => {});
  const api = new PaymentsApi({
    apiKey: options.apiKey,
    dataDir: options.dataDir,
    webhook: options.webhook,
    log,
  });
  const server = createServer((request, response) => {
    serve(api, request, response).catch((error: unknown) => {
      // The caller went away while sending; there is nobody left to answer.
      log(`payments: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    });
  });
  // Functions keep their connections; closing an idle one early would surface as a connection error in the SDK.
  server.keepAliveTimeout = 60_000;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, '127.0.0.1', resolve);
    });
  } catch (error) {
    api.webhooks.stop();
    api.ledger.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: async () => {
      api.webhooks.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      api.ledger.close();
    },
    configure: (changes) => api.configure(changes),
    ledger: (orderId) => ledgerView(api, orderId),
    behave: (request) => api.behave(request),
    behaveWell: () => api.behaveWell(),
  };
};
