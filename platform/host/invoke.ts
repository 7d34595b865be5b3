/** The result of an invocation. `payload` is JSON text: the handler's result, or the error in Lambda's shape. */
export type InvokeResult = {
  requestId: string;
  payload: string;
  /** Absent on success; Lambda's API reports all three as `FunctionError: Unhandled`. */
  failure?: 'error' | 'timeout' | 'host-died';
};

/** Runs a function synchronously with an event as JSON text. Rejects with `InvokeRefused` before it runs. */
export type Invoke = (name: string, payload: string, options?: { traceId?: string }) => Promise<InvokeResult>;

/** The invocation was not started; `code` and `status` are those of Lambda's Invoke API. */
export class InvokeRefused extends Error {
  override name = 'InvokeRefused';
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The function's name in a name, an ARN or a partial ARN, each with or without a qualifier. */
export function functionNameOf(id: string): string {
  const parts = id.split(':');
  const name = parts[parts.indexOf('function') + 1];
  return name ?? id;
}
