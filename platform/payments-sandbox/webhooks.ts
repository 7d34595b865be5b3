import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Behaviour } from './behaviour.ts';
import type { SandboxEvent } from './objects.ts';

/** Where events are posted, the secret that signs them, and the types that the receiver asked for (absent: all). */
export type WebhookTarget = { url: string; secret: string; events?: readonly string[] };

/** Waits between attempts, milliseconds: Stripe's rule (more and more seldom) at a laptop's pace. */
const RETRY_DELAYS_MS = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** Stripe gives up on an answer after ten seconds or so. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Enough for hundreds a second, few enough not to flood the receiver. */
const PARALLEL = 16;

/** The `Stripe-Signature` header for a payload (https://docs.stripe.com/webhooks/signature). */
export const signatureOf = (payload: string, secret: string, timeMs: number): string => {
  const time = Math.floor(timeMs / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${payload}`).digest('hex')}`;
};

/** Posts events in the background, each until it is taken (2xx) or given up; never in a promised order. */
export class WebhookSender {
  #target: WebhookTarget | undefined;
  readonly #queue: { event: SandboxEvent; attempt: number }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stop = new AbortController();
  /** Undici's request on connections of its own: fetch, with its streams and signals, costs three times as much. */
  readonly #connections = new Agent({ headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS });
  readonly #onDone: (eventId: string, taken: boolean) => void;
  readonly #behaviour: () => Behaviour;
  #running = 0;

  /** @param onDone told once per event when it was taken or given up */
  constructor(
    target: WebhookTarget | undefined,
    behaviour: () => Behaviour,
    onDone: (eventId: string, taken: boolean) => void,
  ) {
    this.#target = target;
    this.#behaviour = behaviour;
    this.#onDone = onDone;
  }

  get configured(): boolean {
    return this.#target !== undefined;
  }

  retarget(target: WebhookTarget | undefined): void {
    this.#target = target;
  }

  /** Whether somebody asked for events of this type. */
  wants(type: string): boolean {
    return this.#target !== undefined && this.#target.events?.includes(type) !== false;
  }

  send(event: SandboxEvent): void {
    if (!this.wants(event.type)) {
      this.#onDone(event.id, true);
      return;
    }
    const { webhookDelayMs, duplicateWebhooks } = this.#behaviour();
    for (let copy = 0; copy < (duplicateWebhooks ? 2 : 1); copy += 1) {
      this.#later(webhookDelayMs, { event, attempt: 0 });
    }
  }

  stop(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#queue.length = 0;
    void this.#connections.destroy();
  }

  #later(delayMs: number, delivery: { event: SandboxEvent; attempt: number }): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue.push(delivery);
      this.#work();
    }, delayMs);
    this.#timers.add(timer);
  }

  #work(): void {
    while (this.#running < PARALLEL) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#running += 1;
      void this.#deliver(next).finally(() => {
        this.#running -= 1;
        this.#work();
      });
    }
  }

  async #deliver({ event, attempt }: { event: SandboxEvent; attempt: number }): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const taken = await this.#post(event);
    // Once stopped the books are closed; the event is sent again at the next start.
    if (this.#stop.signal.aborted) return;
    const delayMs = RETRY_DELAYS_MS[attempt];
    if (taken || delayMs === undefined) this.#onDone(event.id, taken);
    else this.#later(delayMs, { event, attempt: attempt + 1 });
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
        dispatcher: this.#connections,
      });
      await body.dump();
      return statusCode >= 200 && statusCode < 300;
    } catch {
      // Nobody listens, or too late: the same as a refusal, to be tried again.
      return false;
    }
  }
}
