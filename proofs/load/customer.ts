import { setTimeout as pause } from 'node:timers/promises';
import type { Customer as Account, NewCustomer } from '../../client/new-customer.ts';
import { type RequestOptions, ShopClient, type ShopResponse } from '../../client/shop-client.ts';
import { isRetryable, pauseMs, retryTimeoutMs } from './retry-policy.ts';

/** Access tokens are valid for 15 minutes; a front end renews them earlier. */
const sessionMs = 600_000;

/** One request with all its attempts; times in ms. */
export type RequestLog = {
  what: string;
  startedAt: number;
  /** The result of each attempt that was retried: `502`, `ECONNRESET` … */
  failures: string[];
  /** When the expected response arrived. */
  completedAt?: number;
  /** The final error: a response that is not retried, or the last one before the timeout. */
  error?: string;
};

/** Which statuses are expected, and when to stop retrying before the timeout. */
export type Expected = { statuses: readonly number[]; signal?: AbortSignal | undefined };

/** A customer whose client retries failed requests with the same Idempotency-Key and logs every attempt. */
export class Customer {
  readonly number: number;
  readonly userId: string;
  client: ShopClient;
  readonly #log: RequestLog[];
  readonly #credentials: { email: string; password: string };
  #signedInAt = Date.now();

  private constructor(number: number, account: Account, log: RequestLog[]) {
    this.number = number;
    this.userId = account.userId;
    this.client = account;
    this.#credentials = { email: account.email, password: account.password };
    this.#log = log;
  }

  static async create(number: number, newCustomer: NewCustomer, log: RequestLog[]): Promise<Customer> {
    return new Customer(number, await newCustomer('Load Customer'), log);
  }

  /** Sends later requests to the shop at another address, with the same session. */
  moveTo(baseUrl: string): void {
    this.client = new ShopClient(baseUrl, this.client.token);
  }

  /**
   * Sends a request until its response is final; undefined unless that has an expected status.
   * @param what a description of the request for the log
   */
  async send<Body>(
    what: string,
    { statuses, signal }: Expected,
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<ShopResponse<Body> | undefined> {
    if (Date.now() - this.#signedInAt > sessionMs) await this.#signIn();
    const request: RequestLog = { what, startedAt: Date.now(), failures: [] };
    this.#log.push(request);
    for (;;) {
      const response = await this.client.send<Body>(method, path, options).catch(errorCode);
      if (typeof response !== 'string' && !isRetryable(response)) {
        if (statuses.includes(response.status)) request.completedAt = Date.now();
        else request.error = `${response.status} ${response.text.slice(0, 300)}`;
        return statuses.includes(response.status) ? response : undefined;
      }
      request.failures.push(typeof response === 'string' ? response : String(response.status));
      if (signal?.aborted || Date.now() - request.startedAt > retryTimeoutMs) {
        request.error = typeof response === 'string' ? response : `${response.status} ${response.text}`;
        return undefined;
      }
      await pause(pauseMs(request.failures.length, Math.random()), undefined, {
        ...(signal && { signal }),
      }).catch(() => undefined);
    }
  }

  async #signIn(): Promise<void> {
    this.#signedInAt = Date.now();
    const options = { token: undefined, body: this.#credentials };
    const path = '/api/v1/auth/login';
    const session = await this.send<{ accessToken: string }>(
      'sign in',
      { statuses: [200] },
      'POST',
      path,
      options,
    );
    if (session) this.client = new ShopClient(this.client.baseUrl, session.body.accessToken);
  }
}

/** `ECONNRESET` of a request without a response. */
const errorCode = ({ name, cause }: Error): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : name;
