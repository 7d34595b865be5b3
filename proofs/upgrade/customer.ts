import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type RequestOptions, ShopClient } from '../../client/shop-client.ts';
import type { Request } from './log.ts';
import { asksAgain, patienceMs, pauseMs } from './timeouts.ts';

/** Access tokens are good for 15 minutes; a front end renews its own before. */
const signInAgainAfterMs = 600_000;

/** A customer whose client asks again as clients do, under the same Idempotency-Key, and writes down every try. */
export class Customer {
  readonly number: number;
  /** The shop as this customer sees it at the first try. */
  shop: ShopClient;
  readonly #log: Request[];
  readonly #credentials: { email: string; password: string };
  #signedInAt = Date.now();

  private constructor(number: number, account: Awaited<ReturnType<ShopClient['register']>>, log: Request[]) {
    this.number = number;
    this.shop = account;
    this.#credentials = { email: account.email, password: account.password };
    this.#log = log;
  }

  /** Opens an account. */
  static async register(number: number, shop: ShopClient, log: Request[]): Promise<Customer> {
    return new Customer(number, await shop.register('Una Upgrade'), log);
  }

  /**
   * Asks until the answer has the status that it should have; undefined when that never came, which the log explains.
   * @param what the request in words, for the log
   */
  async ask<Body>(
    what: string,
    expected: number,
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Body | undefined> {
    if (Date.now() - this.#signedInAt > signInAgainAfterMs) await this.#signIn();
    return this.#ask<Body>(what, expected, method, path, options);
  }

  async #signIn(): Promise<void> {
    this.#signedInAt = Date.now();
    const body = this.#credentials;
    const path = '/api/v1/auth/login';
    const session = await this.#ask<{ accessToken: string }>('sign in', 200, 'POST', path, {
      token: undefined,
      body,
    });
    if (session) this.shop = new ShopClient(this.shop.baseUrl, session.accessToken);
  }

  async #ask<Body>(
    what: string,
    expected: number,
    method: string,
    path: string,
    options: RequestOptions,
  ): Promise<Body | undefined> {
    const request: Request = { what, startedAt: Date.now(), failures: [] };
    this.#log.push(request);
    for (;;) {
      const answer = await this.#try<Body>(method, path, options);
      if (typeof answer !== 'string' && !asksAgain(answer)) {
        if (answer.status === expected) {
          request.answeredAt = Date.now();
          return answer.body;
        }
        request.givenUp = `${answer.status} ${answer.text.slice(0, 300)}`;
        return undefined;
      }
      const failure = typeof answer === 'string' ? answer : String(answer.status);
      request.failures.push(failure);
      if (Date.now() - request.startedAt > patienceMs) {
        request.givenUp = typeof answer === 'string' ? answer : `${failure} ${answer.text.slice(0, 300)}`;
        return undefined;
      }
      await pause(pauseMs(request.failures.length, Math.random()));
    }
  }

  /** An answer, or in a word why none came. */
  async #try<Body>(method: string, path: string, options: RequestOptions): Promise<Answer<Body> | string> {
    try {
      return await this.shop.send<Body>(method, path, options);
    } catch (error) {
      const { name, cause } = error as Error;
      return cause instanceof Error && 'code' in cause ? String(cause.code) : name;
    }
  }
}
