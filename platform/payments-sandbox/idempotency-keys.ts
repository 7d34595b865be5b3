import { createHash } from 'node:crypto';
import { ApiError } from './errors.ts';

/** A response stored under a key, to be returned again unchanged. */
export type StoredResponse = {
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

/** Stripe expires keys after at least 24 hours (https://docs.stripe.com/api/idempotent_requests). */
const lifetimeMs = 24 * 60 * 60 * 1000;
const maxKeyLength = 255;

/** Identifies a request's parameters. */
export const fingerprintOf = (body: string): string => createHash('sha256').update(body).digest('base64url');

/** Stripe's idempotency keys: stored response, refusal of a different request, conflict while the first is running. */
export class IdempotencyKeys {
  readonly #stored = new Map<string, StoredResponse>();
  readonly #running = new Map<string, { path: string; fingerprint: string }>();

  /**
   * Claims the key for a request, or returns the response stored under it. A claimed key must be released.
   * @throws ApiError 400 for a different request, 409 while the first is running
   */
  claim(key: string, path: string, fingerprint: string, now: number): StoredResponse | undefined {
    if (key.length > maxKeyLength) {
      const message = `Idempotency keys can have at most ${maxKeyLength} characters.`;
      throw new ApiError(400, { type: 'idempotency_error', message });
    }
    const found = this.#stored.get(key);
    const stored = found && now - found.at < lifetimeMs ? found : undefined;
    const first = stored ?? this.#running.get(key);
    if (first && (first.path !== path || first.fingerprint !== fingerprint)) {
      const message = `Key '${key}' was used for another endpoint or with other parameters.`;
      throw new ApiError(400, { type: 'idempotency_error', message });
    }
    if (this.#running.has(key)) {
      const message = `Another request with key '${key}' is in progress.`;
      throw new ApiError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message });
    }
    if (!stored) this.#running.set(key, { path, fingerprint });
    return stored;
  }

  release(key: string): void {
    this.#running.delete(key);
  }

  store(response: StoredResponse): void {
    // Insertion order is age: expired responses are deleted as new ones are stored, which bounds the memory.
    for (const [key, old] of this.#stored) {
      if (response.at - old.at < lifetimeMs) break;
      this.#stored.delete(key);
    }
    this.#stored.delete(response.key);
    this.#stored.set(response.key, response);
  }

  /** Expires every key. */
  expire(): void {
    this.#stored.clear();
  }
}
