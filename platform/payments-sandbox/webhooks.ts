import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Behaviour } from './behaviour.ts';
import type { SandboxEvent } from './objects.ts';

/** Where events are posted, and the secret that signs them. */
export type WebhookTarget = { url: string; secret: string };

/** Delays between attempts, milliseconds: increasing as Stripe's are, but much shorter. */
const retryDelaysMs = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** Stripe's own timeout is not documented. */
const responseTimeoutMs = 10_000;
const stopTimeoutMs = 1_000;
/** Enough for hundreds per second without overloading the receiver. */
const maxConcurrent = 16;

/** The `Stripe-Signature` header for a payload (https://docs.stripe.com/webhooks/signature). */
const signatureOf = (payload: string, secret: string, timeMs: number): string => {
  const time = Math.floor(timeMs / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${payload}`).digest('hex')}`;
};

/** Posts events in the background until each is accepted (2xx) or given up; in no particular order. */
export class WebhookSender {
  #target: WebhookTarget | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** For undici's `request`, which costs a third of `fetch`; further requests wait for a free connection. */
  readonly #agent = new Agent({
    connections: maxConcurrent,
    headersTimeout: responseTimeoutMs,
    bodyTimeout: responseTimeoutMs,
  });
  readonly #onDone: (eventId: string, accepted: boolean) => void;
  readonly #behaviour: () => Behaviour;
  readonly #inProgress = new Set<Promise<void>>();
  #stopping = false;
  #stopped = false;

  /** @param onDone called when an event was accepted or given up */
  constructor(behaviour: () => Behaviour, onDone: (eventId: string, accepted: boolean) => void) {
    this.#behaviour = behaviour;
    this.#onDone = onDone;
  }

  get configured(): boolean {
    return this.#target !== undefined;
  }

  setTarget(target: WebhookTarget): void {
    this.#target = target;
  }

  send(event: SandboxEvent): void {
    this.#schedule(this.#behaviour().webhookDelayMs, event, 0);
  }

  /** Waits a second for deliveries in progress: one that was accepted would be sent again at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await Promise.race([
      Promise.allSettled(this.#inProgress),
      pause(stopTimeoutMs, undefined, { ref: false }),
    ]);
    this.#stopped = true;
    void this.#agent.destroy();
  }

  #schedule(delayMs: number, event: SandboxEvent, attempt: number): void {
    if (this.#stopping) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const delivery = this.#deliver(event, attempt).finally(() => this.#inProgress.delete(delivery));
      this.#inProgress.add(delivery);
    }, delayMs);
    this.#timers.add(timer);
  }

  async #deliver(event: SandboxEvent, attempt: number): Promise<void> {
    const accepted = await this.#post(event);
    // The ledger is closed; the event is sent again at the next start.
    if (this.#stopped) return;
    const delayMs = retryDelaysMs[attempt];
    if (accepted || delayMs === undefined) this.#onDone(event.id, accepted);
    else this.#schedule(delayMs, event, attempt + 1);
  }

  async #post(event: SandboxEvent): Promise<boolean> {
    const target = this.#target;
    if (!target) return false;
    const payload = JSON.stringify(event);
    try {
      const { statusCode, body } = await request(target.url, {
        method: 'POST',
        body: payload,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signatureOf(payload, target.secret, Date.now()),
        },
        dispatcher: this.#agent,
      });
      await body.dump();
      return statusCode >= 200 && statusCode < 300;
    } catch {
      // No connection or a timeout: retried like a refusal.
      return false;
    }
  }
}
