import { randomUUID } from 'node:crypto';

/** An answer as it came: the status, the headers, and the body parsed if it is JSON. */
export type Answer<Body = Record<string, unknown>> = {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
};

/** A request's extras; `token` is an access token, `key` an Idempotency-Key. */
export type RequestOptions = {
  token?: string | undefined;
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
};

/** The API answered something else than was expected; the message has the whole problem. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** How long one request may take before it counts as lost. */
const requestTimeoutMs = 30_000;

/** A front end's view of the shop: plain HTTP to one base URL. */
export class ShopClient {
  readonly baseUrl: string;
  readonly token: string | undefined;

  constructor(baseUrl: string, token?: string) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
    this.token = token;
  }

  /** Sends a request and gives back whatever comes. */
  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer<Body>> {
    const token = 'token' in options ? options.token : this.token;
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
        ...options.headers,
      },
      ...(options.body === undefined
        ? {}
        : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : {}) as Body,
      text,
    };
  }

  /** Sends a request that must succeed. @throws UnexpectedAnswer for any other status than 2xx */
  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Body> {
    const answer = await this.send<Body>(method, path, options);
    if (answer.status < 200 || answer.status > 299)
      throw new UnexpectedAnswer(
        `${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 2000)}`,
      );
    return answer.body;
  }

  /** The same shop as somebody who has signed in. */
  async signIn(email: string, password: string): Promise<ShopClient> {
    const { accessToken } = await this.call<{ accessToken: string }>('POST', '/api/v1/auth/login', {
      token: undefined,
      body: { email, password },
    });
    return new ShopClient(this.baseUrl, accessToken);
  }

  /** Opens an account and signs in with it. */
  async register(
    name = 'Ada Example',
  ): Promise<ShopClient & { userId: string; email: string; password: string }> {
    const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}.${randomUUID().slice(0, 8)}@example.com`;
    const password = `pass ${randomUUID()}`;
    const { id } = await this.call<{ id: string }>('POST', '/api/v1/auth/register', {
      token: undefined,
      body: { email, password, name },
    });
    return Object.assign(await this.signIn(email, password), { userId: id, email, password });
  }
}
