import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Behaviour, type BehaviourRequest, WELL_BEHAVED } from './behaviour.ts';
import { ApiError, InvalidParameters, unrecognisedUrl } from './errors.ts';
import { expand } from './expand.ts';
import { parseForm } from './form.ts';
import { fingerprintOf, IdempotencyKeys, type KeptAnswer } from './idempotency-keys.ts';
import { Ledger } from './ledger.ts';
import { newId, type SandboxEvent, seconds } from './objects.ts';
import { texts } from './parameters.ts';
import { type Outcome, type Route, routes } from './routes.ts';
import { WebhookSender, type WebhookTarget } from './webhooks.ts';

/** A request as it came over HTTP; `query` without its question mark. */
export type ApiRequest = {
  method: string;
  path: string;
  query: string;
  body: string;
  authorization: string | undefined;
  idempotencyKey: string | undefined;
  apiVersion: string | undefined;
};

/** What to write back. `silent`: the effect stands, but no answer is ever sent. */
export type ApiAnswer = { status: number; body: string; headers: Record<string, string>; silent?: boolean };

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

const keyIn = (authorization: string | undefined): string => {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString().split(':')[0] ?? '';
  return '';
};

/** An id as the path has it; one that cannot be decoded stands for itself, and names nothing. */
const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
};

/** Executes API requests one after the other against the ledger, under keys and misbehaviour. */
export class PaymentsApi {
  readonly ledger: Ledger;
  readonly keys = new IdempotencyKeys();
  readonly webhooks: WebhookSender;
  readonly #log: (line: string) => void;
  #apiKey: string;
  #behaviour: Behaviour = WELL_BEHAVED;

  constructor(options: {
    apiKey: string;
    dataDir: string | undefined;
    webhook: WebhookTarget | undefined;
    log: (line: string) => void;
  }) {
    this.#apiKey = options.apiKey;
    this.#log = options.log;
    this.ledger = new Ledger(options.dataDir, (entry) => {
      if (entry.forgetKeys) this.keys.forget();
      if (entry.answer) this.keys.keep(entry.answer);
    });
    this.webhooks = new WebhookSender(
      options.webhook,
      () => this.#behaviour,
      (eventId, taken) => {
        if (!taken) this.#log(`payments: webhook ${eventId} was never taken and is given up`);
        if (this.ledger.undelivered.has(eventId)) this.ledger.commit({ delivered: eventId });
      },
    );
    this.#resumeWebhooks();
  }

  /** Replaces the key or the webhook's target, for a caller that learns them later. */
  configure(changes: { apiKey?: string; webhook?: WebhookTarget }): void {
    if (changes.apiKey !== undefined) this.#apiKey = changes.apiKey;
    if (changes.webhook === undefined) return;
    const first = !this.webhooks.configured;
    this.webhooks.retarget(changes.webhook);
    if (first) this.#resumeWebhooks();
  }

  behave(request: BehaviourRequest): Behaviour {
    const { forgetKeys, ...rest } = request;
    if (forgetKeys) {
      this.ledger.commit({ forgetKeys: true });
      this.keys.forget();
    }
    const told = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    this.#behaviour = { ...this.#behaviour, ...told };
    return this.#behaviour;
  }

  behaveWell(): Behaviour {
    this.#behaviour = WELL_BEHAVED;
    return this.#behaviour;
  }

  async answer(request: ApiRequest): Promise<ApiAnswer> {
    const requestId = newId('req');
    const headers: Record<string, string> = {
      'request-id': requestId,
      ...(request.apiVersion ? { 'stripe-version': request.apiVersion } : {}),
      ...(request.idempotencyKey && request.method === 'POST'
        ? { 'idempotency-key': request.idempotencyKey }
        : {}),
    };
    try {
      const { route, id } = this.#admit(request);
      return await this.#underKey(request, requestId, headers, route, id);
    } catch (error) {
      return { ...this.#refusal(error, requestId), headers };
    }
  }

  #refusal(error: unknown, requestId: string): { status: number; body: string } {
    if (error instanceof ApiError) {
      const body = { ...error.body, request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}` };
      return { status: error.status, body: JSON.stringify({ error: body }) };
    }
    this.#log(`payments: ${requestId} failed: ${error instanceof Error ? error.stack : String(error)}`);
    const body = { type: 'api_error', message: 'An unknown error occurred' };
    return { status: 500, body: JSON.stringify({ error: body }) };
  }

  #admit(request: ApiRequest): { route: Route; id: string } {
    for (const route of routes) {
      const match = route.method === request.method ? route.pattern.exec(request.path) : null;
      if (!match) continue;
      const id = decoded(match[1] ?? '');
      if (!(route.open && this.#holdsSecret(id, request.body))) this.#authenticate(request.authorization);
      return { route, id };
    }
    this.#authenticate(request.authorization);
    throw unrecognisedUrl(request.method, request.path);
  }

  #holdsSecret(id: string, body: string): boolean {
    const secret = this.ledger.intents.get(id)?.client_secret;
    return secret !== undefined && secret !== null && parseForm(body).client_secret === secret;
  }

  #authenticate(authorization: string | undefined): void {
    const given = keyIn(authorization);
    if (given !== '' && timingSafeEqual(digest(given), digest(this.#apiKey))) return;
    const message =
      given === ''
        ? 'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
          "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        : `Invalid API Key provided: ${given.slice(0, 3)}****${given.slice(-4)}`;
    throw new ApiError(401, { type: 'invalid_request_error', message });
  }

  async #underKey(
    request: ApiRequest,
    requestId: string,
    headers: Record<string, string>,
    route: Route,
    id: string,
  ): Promise<ApiAnswer> {
    const key = request.method === 'POST' ? request.idempotencyKey : undefined;
    const fingerprint = fingerprintOf(request.body);
    const kept = key === undefined ? undefined : this.keys.claim(key, request.path, fingerprint, Date.now());
    if (kept) {
      const { status, body } = kept;
      return {
        status,
        body,
        headers: { ...headers, 'original-request': kept.requestId, 'idempotent-replayed': 'true' },
      };
    }
    try {
      await this.#misbehave();
      const keep = key === undefined ? undefined : { key, path: request.path, fingerprint };
      return this.#execute(request, { requestId, headers, keep }, route, id);
    } finally {
      if (key !== undefined) this.keys.release(key);
    }
  }

  async #misbehave(): Promise<void> {
    if (this.#behaviour.latencyMs > 0) await delay(this.#behaviour.latencyMs);
    if (this.#behaviour.failNext > 0) {
      this.#behaviour = { ...this.#behaviour, failNext: this.#behaviour.failNext - 1 };
      throw new ApiError(500, { type: 'api_error', message: 'An unknown error occurred' });
    }
  }

  #execute(
    request: ApiRequest,
    context: {
      requestId: string;
      headers: Record<string, string>;
      keep: Pick<KeptAnswer, 'key' | 'path' | 'fingerprint'> | undefined;
    },
    route: Route,
    id: string,
  ): ApiAnswer {
    const { requestId, headers, keep } = context;
    const now = Date.now();
    let outcome: Outcome;
    let answer: { status: number; body: string };
    try {
      const form = parseForm(request.method === 'POST' ? request.body : request.query);
      outcome = route.handle({ ledger: this.ledger, form, id, now });
      // The new state is not shelved yet, so ids in the answer are looked up in it first.
      const find = (each: string) =>
        outcome.put?.find((object) => object.id === each) ?? this.ledger.find(each);
      const body = outcome.refusal ? undefined : expand(outcome.body, texts(form, 'expand') ?? [], find);
      answer = outcome.refusal
        ? this.#refusal(outcome.refusal, requestId)
        : { status: 200, body: JSON.stringify(body) };
    } catch (error) {
      if (!(error instanceof ApiError) || error instanceof InvalidParameters) throw error;
      outcome = { body: undefined };
      answer = this.#refusal(error, requestId);
    }
    const events = (outcome.facts ?? []).map((fact) => this.#event(fact, request, requestId, now));
    const put = [...(outcome.put ?? []), ...events];
    const keptAnswer = keep ? { ...keep, ...answer, requestId, at: now } : undefined;
    if (put.length > 0 || keptAnswer) {
      this.ledger.commit({
        ...(put.length > 0 ? { put } : {}),
        ...(keptAnswer ? { answer: keptAnswer } : {}),
      });
    }
    if (keptAnswer) this.keys.keep(keptAnswer);
    for (const event of events) if (event.pending_webhooks > 0) this.webhooks.send(event);
    return { ...answer, headers, silent: this.#isSilent(outcome) };
  }

  #isSilent(outcome: Outcome): boolean {
    if (!outcome.charged || this.#behaviour.timeoutAfterCharge === 0) return false;
    this.#behaviour = { ...this.#behaviour, timeoutAfterCharge: this.#behaviour.timeoutAfterCharge - 1 };
    return true;
  }

  #event(
    fact: { type: string; object: unknown },
    request: ApiRequest,
    requestId: string,
    now: number,
  ): SandboxEvent {
    return {
      id: newId('evt'),
      object: 'event',
      api_version: request.apiVersion ?? null,
      created: seconds(now),
      data: { object: fact.object },
      livemode: false,
      pending_webhooks: this.webhooks.wants(fact.type) ? 1 : 0,
      request: { id: requestId, idempotency_key: request.idempotencyKey ?? null },
      type: fact.type,
    };
  }

  /** What was not delivered when the sandbox last ended is sent now. */
  #resumeWebhooks(): void {
    if (!this.webhooks.configured) return;
    for (const id of this.ledger.undelivered) {
      const event = this.ledger.events.get(id);
      if (event) this.webhooks.send(event);
    }
  }
}
