import { createHash } from 'node:crypto';
import { ApiError } from './errors.ts';

/** An answer kept under a key, to be given again word for word. */
export type KeptAnswer = {
  key: string;
  path: string;
  /** SHA-256 of the request's body. */
  fingerprint: string;
  status: number;
  body: string;
  requestId: string;
  /** Unix milliseconds of the first request. */
  at: number;
};

/** Stripe forgets a key at the earliest after 24 hours (https://docs.stripe.com/api/idempotent_requests). */
const KEPT_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_LENGTH = 255;

/** What a request's parameters are compared by. */
export const fingerprintOf = (body: string): string => createHash('sha256').update(body).digest('base64url');

/** Idempotency keys with Stripe's rules: first come, kept answer, refusal of another request, conflict while running. */
export class IdempotencyKeys {
  readonly #kept = new Map<string, KeptAnswer>();
  readonly #running = new Map<string, { path: string; fingerprint: string }>();

  /**
   * Claims the key for a request, or gives the answer kept under it. A claimed key must be released.
   * @throws ApiError 400 idempotency_error for another request, 409 while the first is still running
   */
  claim(key: string, path: string, fingerprint: string, now: number): KeptAnswer | undefined {
    if (key.length > MAX_KEY_LENGTH) {
      const message = `Idempotency keys can have at most ${MAX_KEY_LENGTH} characters.`;
      throw new ApiError(400, { type: 'idempotency_error', message });
    }
    const found = this.#kept.get(key);
    const kept = found && now - found.at < KEPT_MS ? found : undefined;
    const first = kept ?? this.#running.get(key);
    if (first && first.path !== path) {
      throw new ApiError(400, {
        type: 'idempotency_error',
        message:
          'Keys for idempotent requests can only be used for the same endpoint they were first used for ' +
          `('${path}' vs '${first.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    if (first && first.fingerprint !== fingerprint) {
      throw new ApiError(400, {
        type: 'idempotency_error',
        message:
          'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
          `Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    if (this.#running.has(key)) {
      throw new ApiError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message:
          'There is currently another in-progress request using this Idempotent Key (that probably means you ' +
          `submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      });
    }
    if (!kept) this.#running.set(key, { path, fingerprint });
    return kept;
  }

  release(key: string): void {
    this.#running.delete(key);
  }

  keep(answer: KeptAnswer): void {
    // Insertion order is age: the oldest are dropped as new ones come, so memory stays bounded by a day.
    for (const [key, old] of this.#kept) {
      if (answer.at - old.at < KEPT_MS) break;
      this.#kept.delete(key);
    }
    this.#kept.delete(answer.key);
    this.#kept.set(answer.key, answer);
  }

  forget(): void {
    this.#kept.clear();
  }
}
