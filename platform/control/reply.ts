/** A request that a route refuses; the server returns `{ message }` with this status. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A response that is not JSON. */
export class Document {
  readonly type: string;
  readonly text: string;
  readonly headers: Record<string, string>;
  constructor(type: string, text: string, headers: Record<string, string> = {}) {
    this.type = type;
    this.text = text;
    this.headers = headers;
  }
}

/** `params` are the decoded parts of the path that the route names (`:name`). */
export type ControlRequest = { params: Record<string, string>; body: string };

/** Returns what is sent as JSON, or a {@link Document}. @throws Refused */
export type Handler = (request: ControlRequest) => unknown;

/** Handlers by method and path: `POST /invoke/:name`. */
export type Routes = Record<string, Handler>;
