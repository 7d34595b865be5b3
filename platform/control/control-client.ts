import type { Invoke } from '../../client/invoke.ts';
import { withSecret } from '../local-access/local-access.ts';
import type { ControlResponses } from './control-interface.ts';

/** The address of a running platform's control interface, and the secret of its start. */
export type ControlAccess = { consoleUrl: string; controlSecret: string };

/** The console's address for a browser. The secret is in its fragment, which browsers never send. */
export const consoleAddress = ({ consoleUrl, controlSecret }: ControlAccess): string =>
  `${consoleUrl}/#${controlSecret}`;

/** Calls the control interface of a platform that runs on this machine. */
export class ControlClient {
  readonly #access: ControlAccess;

  constructor(access: ControlAccess) {
    this.#access = access;
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
    const { consoleUrl, controlSecret } = this.#access;
    const response = await fetch(`${consoleUrl}${path}`, {
      method,
      headers: withSecret(controlSecret),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} returned ${response.status}: ${text}`);
    return JSON.parse(text) as ControlResponses[R];
  }

  /** Invokes a function and returns its result. @throws Error with its error if it failed */
  invoke: Invoke = async (functionName, event) => {
    const { failure, payload } = await this.send('POST /invoke/:name', { name: functionName, body: event });
    if (failure !== undefined)
      throw new Error(`${functionName} failed (${failure}): ${JSON.stringify(payload)}`);
    return payload;
  };
}
