import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import findMyWay from 'find-my-way';
import { type Behaviour, type BehaviourChange, normalBehaviour } from './behaviour.ts';
import { ApiError, InvalidParameters, noSuch } from './errors.ts';
import { fingerprintOf, IdempotencyKeys, type StoredResponse } from './idempotency-keys.ts';
import { Ledger } from './ledger.ts';
import { newId, type SandboxEvent, seconds } from './objects.ts';
import { parseForm } from './parameters.ts';
import type { Fact } from './payment-intent.ts';
import { authenticatePath, type Handler, type Result, routes } from './routes.ts';
import { WebhookSender, type WebhookTarget } from './webhooks.ts';

/** An HTTP request; `query` without its question mark. */
export type ApiRequest = {
  method: string;
  path: string;
  query: string;
  body: string;
  authorization: string | undefined;
  idempotencyKey: string | undefined;
};

/** An HTTP response. `timeOut`: the request takes effect, but the response is never sent. */
export type ApiResponse = {
  status: number;
  body: string;
  headers: Record<string, string>;
  timeOut?: boolean;
};

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

const router = findMyWay({ caseSensitive: true, onBadUrl: () => {} });
for (const [route, handler] of Object.entries(routes)) {
  const [method, path = ''] = route.split(' ');
  router.on(method as 'GET', path, () => {}, { handler, path });
}

/** Executes API requests one at a time on the ledger, with idempotency keys and misbehaviour. */
export class PaymentsApi {
  readonly ledger: Ledger;
  readonly webhooks: WebhookSender;
  readonly #keys = new IdempotencyKeys();
  readonly #log: (line: string) => void;
  #apiKey: string;
  #behaviour: Behaviour = normalBehaviour;

  constructor(options: { apiKey: string; dataDir: string | undefined; log: (line: string) => void }) {
    this.#apiKey = options.apiKey;
    this.#log = options.log;
    this.ledger = new Ledger(options.dataDir, this.#keys);
    this.webhooks = new WebhookSender(
      () => this.#behaviour,
      (eventId, accepted) => {
        if (!accepted) this.#log(`payments: webhook ${eventId} was never accepted and is given up`);
        if (this.ledger.undelivered.has(eventId)) this.ledger.commit({ delivered: eventId });
      },
    );
  }

  /** Sets the API key and the webhook's target. The first target gets the events of earlier runs too. */
  configure({ apiKey, webhook }: { apiKey?: string; webhook?: WebhookTarget | undefined }): void {
    if (apiKey !== undefined) this.#apiKey = apiKey;
    if (webhook === undefined) return;
    const isFirst = !this.webhooks.configured;
    this.webhooks.setTarget(webhook);
    if (isFirst) for (const event of this.ledger.undelivered.values()) this.webhooks.send(event);
  }

  /** @returns the behaviour after the change */
  changeBehaviour({ expireKeys, ...change }: BehaviourChange): Behaviour {
    if (expireKeys) this.ledger.commit({ expireKeys: true });
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    this.#behaviour = { ...this.#behaviour, ...Object.fromEntries(given) };
    return this.#behaviour;
  }

  resetBehaviour(): Behaviour {
    this.#behaviour = normalBehaviour;
    return this.#behaviour;
  }

  async respond(request: ApiRequest): Promise<ApiResponse> {
    const requestId = newId('req');
    const headers = { 'request-id': requestId };
    try {
      return await this.#respondOnce(request, requestId);
    } catch (error) {
      return { ...this.#refusal(error, requestId), headers };
    }
  }

  #refusal(error: unknown, requestId: string): { status: number; body: string } {
    if (error instanceof ApiError)
      return { status: error.status, body: JSON.stringify({ error: error.body }) };
    this.#log(`payments: ${requestId} failed: ${error instanceof Error ? error.stack : String(error)}`);
    const body = { type: 'api_error', message: 'An unknown error occurred' };
    return { status: 500, body: JSON.stringify({ error: body }) };
  }

  /** Finds the handler and checks the API key, or the client secret where that is enough. */
  #authorize({ method, path, body, authorization }: ApiRequest): { handler: Handler; id: string } {
    const found = router.find(method as 'GET', path);
    const route = found?.store as { handler: Handler; path: string } | undefined | null;
    const id = found?.params.id ?? '';
    const secret = route?.path === authenticatePath ? this.ledger.intents.get(id)?.client_secret : undefined;
    if (!secret || parseForm(body).client_secret !== secret) this.#authenticate(authorization);
    if (found !== null && !route) throw noSuch('object', path, 'id', 404); // an id that cannot be decoded
    if (route) return { handler: route.handler, id };
    const message = `Unrecognized request URL (${method}: ${path}).`;
    throw new ApiError(404, { type: 'invalid_request_error', message });
  }

  #authenticate(authorization = ''): void {
    const [, key = ''] = /^Bearer (.+)$/i.exec(authorization) ?? [];
    if (timingSafeEqual(digest(key), digest(this.#apiKey))) return;
    throw new ApiError(401, { type: 'invalid_request_error', message: 'Invalid API key provided' });
  }

  /** Executes the request, or returns the response stored under its idempotency key. */
  async #respondOnce(request: ApiRequest, requestId: string): Promise<ApiResponse> {
    const { handler, id } = this.#authorize(request);
    const { method, path, body, idempotencyKey } = request;
    const headers = { 'request-id': requestId };
    if (method !== 'POST' || idempotencyKey === undefined) {
      await this.#misbehave();
      return { ...this.#execute(request, requestId, handler, id), headers };
    }
    const key = { key: idempotencyKey, path, fingerprint: fingerprintOf(body) };
    const stored = this.#keys.claim(key.key, path, key.fingerprint, Date.now());
    if (stored) {
      const replayed = { 'original-request': stored.requestId, 'idempotent-replayed': 'true' };
      return { status: stored.status, body: stored.body, headers: { ...headers, ...replayed } };
    }
    try {
      await this.#misbehave();
      return { ...this.#execute(request, requestId, handler, id, key), headers };
    } finally {
      this.#keys.release(idempotencyKey);
    }
  }

  async #misbehave(): Promise<void> {
    if (this.#behaviour.latencyMs > 0) await delay(this.#behaviour.latencyMs);
    if (this.#behaviour.failNext === 0) return;
    this.#behaviour = { ...this.#behaviour, failNext: this.#behaviour.failNext - 1 };
    throw new ApiError(500, { type: 'api_error', message: 'An unknown error occurred' });
  }

  /** Decides, stores the result and, with a key, the response in one ledger entry, and sends the webhooks. */
  #execute(
    { method, body, query }: ApiRequest,
    requestId: string,
    handler: Handler,
    id: string,
    key?: Pick<StoredResponse, 'key' | 'path' | 'fingerprint'>,
  ): Omit<ApiResponse, 'headers'> {
    const now = Date.now();
    const { ledger } = this;
    let result: Result;
    try {
      result = handler({ ledger, form: parseForm(method === 'POST' ? body : query), id, now });
    } catch (error) {
      if (!(error instanceof ApiError) || error instanceof InvalidParameters) throw error;
      result = { body: undefined, refusal: error };
    }
    const response = result.refusal
      ? this.#refusal(result.refusal, requestId)
      : { status: 200, body: JSON.stringify(result.body) };
    const events = this.webhooks.configured ? (result.facts ?? []).map((fact) => eventOf(fact, now)) : [];
    const put = [...(result.put ?? []), ...events];
    if (put.length > 0 || key)
      ledger.commit({ put, ...(key ? { response: { ...key, ...response, requestId, at: now } } : {}) });
    for (const event of events) this.webhooks.send(event);
    return { ...response, timeOut: this.#timesOut(result) };
  }

  #timesOut({ charged }: Result): boolean {
    if (!charged || this.#behaviour.timeoutAfterCharge === 0) return false;
    const timeoutAfterCharge = this.#behaviour.timeoutAfterCharge - 1;
    this.#behaviour = { ...this.#behaviour, timeoutAfterCharge };
    return true;
  }
}

const eventOf = ({ type, object }: Fact, now: number): SandboxEvent => ({
  id: newId('evt'),
  object: 'event',
  api_version: null,
  created: seconds(now),
  data: { object },
  livemode: false,
  type,
});
