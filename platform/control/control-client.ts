import type { Invoke } from '../../client/invoke.ts';
import type { ControlResponses } from './control-interface.ts';

/** Calls the control interface of a platform that runs on this machine. */
export class ControlClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Sends one request; `name` is the `:name` of the route's path.
   * @throws Error with status and body unless the response is 2xx
   */
  async send<R extends keyof ControlResponses>(
    route: R,
    { name = '', body }: { name?: string; body?: unknown } = {},
  ): Promise<ControlResponses[R]> {
    const [method = '', path = ''] = route.replace(':name', encodeURIComponent(name)).split(' ');
    const response = await fetch(`${this.#url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} returned ${response.status}: ${text}`);
    return JSON.parse(text) as ControlResponses[R];
  }

  /** Invokes a function and waits for its result. @throws Error with its error if it failed */
  invoke: Invoke = async (functionName, event) => {
    const { failure, payload } = await this.send('POST /invoke/:name', { name: functionName, body: event });
    if (failure !== undefined)
      throw new Error(`${functionName} failed (${failure}): ${JSON.stringify(payload)}`);
  };
}
