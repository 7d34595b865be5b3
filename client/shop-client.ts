/** A response with its body parsed if it is JSON. */
export type ShopResponse<Body = Record<string, unknown>> = {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
};

/** `token` is an access token, `key` an Idempotency-Key. */
export type RequestOptions = {
  token?: string | undefined;
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
};

/** The API returned an unexpected status; the message contains the response. */
export class UnexpectedResponse extends Error {
  override readonly name = 'UnexpectedResponse';
}

const requestTimeoutMs = 30_000;

/** An HTTP client of the shop's API. */
export class ShopClient {
  readonly baseUrl: string;
  readonly token: string | undefined;

  constructor(baseUrl: string, token?: string) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
    this.token = token;
  }

  /** Sends a request and returns the response, whatever its status. */
  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<ShopResponse<Body>> {
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

  /** Sends a request and returns the body. @throws UnexpectedResponse unless the status is 2xx */
  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Body> {
    const response = await this.send<Body>(method, path, options);
    if (response.status < 200 || response.status > 299)
      throw new UnexpectedResponse(
        `${method} ${path} returned ${response.status}: ${response.text.slice(0, 2000)}`,
      );
    return response.body;
  }

  /** Returns a client with an access token or an API key. */
  with(token: string): ShopClient {
    return new ShopClient(this.baseUrl, token);
  }

  /** Returns a client that is signed in. */
  async signIn(email: string, password: string): Promise<ShopClient> {
    const { accessToken } = await this.call<{ accessToken: string }>('POST', '/api/v1/auth/login', {
      token: undefined,
      body: { email, password },
    });
    return new ShopClient(this.baseUrl, accessToken);
  }
}
