import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { readBody } from '../gateway/request-body.ts';
import { foreignRequest, hasSecret, newControlSecret } from '../local-access/local-access.ts';
import { PaymentsApi } from './api.ts';
import { type Behaviour, type BehaviourChange, behaviourChange } from './behaviour.ts';
import { type LedgerView, ledgerView } from './ledger-view.ts';
import type { WebhookTarget } from './webhooks.ts';

export type PaymentsSandboxOptions = {
  /** 0 takes a free port. */
  port: number;
  /** Folder of `ledger.jsonl`; without it the ledger is lost when the process ends. */
  dataDir?: string;
  /** The only accepted API key. */
  apiKey: string;
  /** Required at `/_sandbox/…`; a random one by default. */
  controlSecret?: string;
  webhook?: WebhookTarget;
  log?: (line: string) => void;
};

/** A running sandbox. Ledger and behaviour are also available over HTTP at `/_sandbox/…`. */
export type PaymentsSandbox = {
  url: string;
  controlSecret: string;
  /** Stops the server and its deliveries; undelivered webhooks are sent after the next start. */
  stop(): Promise<void>;
  configure(changes: { apiKey?: string; webhook?: WebhookTarget }): void;
  ledger(orderId?: string): LedgerView;
  changeBehaviour(change: BehaviourChange): Behaviour;
  resetBehaviour(): Behaviour;
};

type Response = { status: number; body: string; headers?: Record<string, string>; timeOut?: boolean };
const json = (status: number, body: unknown): Response => ({ status, body: JSON.stringify(body) });

/** The routes below `/_sandbox/`. */
const respondControl = (api: PaymentsApi, route: string, query: string, body: string): Response => {
  switch (route) {
    case 'GET /_sandbox/ledger':
      return json(200, ledgerView(api.ledger, new URLSearchParams(query).get('order_id') ?? undefined));
    case 'GET /_sandbox/behaviour':
      return json(200, api.changeBehaviour({}));
    case 'DELETE /_sandbox/behaviour':
      return json(200, api.resetBehaviour());
    case 'POST /_sandbox/behaviour':
      try {
        return json(200, api.changeBehaviour(behaviourChange.parse(JSON.parse(body))));
      } catch (error) {
        if (error instanceof SyntaxError) return json(400, { error: 'The body must be JSON.' });
        if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) });
        throw error;
      }
    default:
      return json(404, { error: `No route ${route}` });
  }
};

const respond = async (api: PaymentsApi, request: IncomingMessage, secret: string): Promise<Response> => {
  const isControl = request.url?.startsWith('/_sandbox/') ?? false;
  const foreign = foreignRequest(request.headers, isControl ? 'own' : 'any');
  if (foreign !== undefined) return json(403, { error: foreign });
  if (isControl && !hasSecret(request.headers, secret))
    return json(401, { error: 'The secret of this start is missing: controlSecret in running.json.' });
  const bytes = await readBody(request);
  if (typeof bytes === 'string') return json(413, { error: `The body is ${bytes}.` });
  const body = bytes.toString('utf8');
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const { method = 'GET', headers } = request;
  if (isControl) return respondControl(api, `${method} ${path}`, query, body);
  const idempotencyKey = headers['idempotency-key']?.toString();
  return api.respond({ method, path, query, body, authorization: headers.authorization, idempotencyKey });
};

/**
 * Starts a payment provider on 127.0.0.1 that implements the part of Stripe's API that the shop uses (PaymentIntents with
 * automatic capture, refunds, webhooks) for Stripe's own SDK, and accepts test cards only.
 * @throws Error EADDRINUSE if the port is in use
 */
export const startPaymentsSandbox = async (options: PaymentsSandboxOptions): Promise<PaymentsSandbox> => {
  const { port, apiKey, controlSecret = newControlSecret(), dataDir, webhook, log = () => {} } = options;
  const api = new PaymentsApi({ apiKey, dataDir, log });
  const server = createServer((request, response) => {
    respond(api, request, controlSecret).then(
      ({ status, body, headers = {}, timeOut }) => {
        if (timeOut) return; // the client's own timeout ends the request
        const length = Buffer.byteLength(body);
        response.writeHead(status, {
          'content-type': 'application/json',
          'content-length': length,
          ...headers,
        });
        response.end(body);
      },
      (error: unknown) => {
        log(`payments: ${error instanceof Error ? error.message : String(error)}`);
        response.destroy();
      },
    );
  });
  // Functions reuse connections; closing an idle one early would be a connection error in the SDK.
  server.keepAliveTimeout = 60_000;
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    api.ledger.close();
    throw error;
  }
  api.configure({ webhook });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    controlSecret,
    stop: async () => {
      await api.webhooks.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      api.ledger.close();
    },
    configure: (changes) => api.configure(changes),
    ledger: (orderId) => ledgerView(api.ledger, orderId),
    changeBehaviour: (change) => api.changeBehaviour(change),
    resetBehaviour: () => api.resetBehaviour(),
  };
};
